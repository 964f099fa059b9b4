import Algebra
import ConstraintSystem
import Support
import Testing

@Suite("Crafted shapes")
struct CraftedShapeTests {
  private typealias Shape = ConstraintShape<ScalarField>

  /// By seed: few items, and at last enough for several tiles of one template.
  static let sizes = (0..<40).map { 1 + $0 % 9 } + [700, 700]

  @Test("Oracle: rows, written out, multiplied and combined, are those the format prescribes", arguments: sizes.indices)
  func oracleRows(number: Int) throws {
    let seed = UInt64(number)
    let crafted = CraftedShape(seed: seed, items: Self.sizes[number])
    let shape = try Shape(bytes: crafted.bytes)
    #expect(shape.bytes == crafted.bytes)
    #expect(shape.columnCount == crafted.columnCount && shape.traceCount == crafted.traceCount)
    let z = randomElements(crafted.columnCount, seed: seed + 100)
    let expected = crafted.products(z)
    try #require(shape.rowCount == expected.count)

    let values = crafted.publicCount..<crafted.publicCount + crafted.valueOffsets.count
    let trace = Array(z[values.upperBound...])
    let products = shape.multiply(
      occurringValues: Array(z[values]), trace: trace, publics: Array(z[..<crafted.publicCount]))
    #expect(products.a == expected.map { $0[0] })
    #expect(products.b == expected.map { $0[1] })
    #expect(products.c == expected.map { $0[2] })
    for (side, matrix) in [shape.a, shape.b, shape.c].enumerated() {
      let written = (0..<matrix.rowCount).map { row -> ScalarField in
        matrix.pattern.entries(row).reduce(.zero) { sum, entry in
          sum + matrix.coefficients[Int(matrix.coefficientIndices[entry])] * z[Int(matrix.columns[entry])]
        }
      }
      #expect(written == expected.map { $0[side] })
    }

    let weights = randomElements(shape.rowCount + 3, seed: seed + 200), factors = randomElements(3, seed: seed + 300)
    let sums = shape.combineColumns(weights: weights, factors[0], factors[1], factors[2])
    let combined = zip(z, sums.publics + sums.values + sums.trace).reduce(ScalarField.zero) { $0 + $1.0 * $1.1 }
    let total = zip(weights, expected).reduce(ScalarField.zero) { sum, row in
      sum + row.0 * zip(factors, row.1).reduce(.zero) { $0 + $1.0 * $1.1 }
    }
    #expect(combined == total)
  }

  @Test("Rejects: a changed encoding is refused, or says rows of its own that are combined and multiplied alike")
  func changedEncodings() throws {
    for seed in 0..<3 as Range<UInt64> {
      let bytes = CraftedShape(seed: seed, items: 12).bytes
      for place in bytes.indices {
        for change in [1, 2, 4, 8, 16, 32, 64, 128, 255] as [UInt8] {
          var changed = bytes
          changed[place] ^= change
          guard let shape = try? Shape(bytes: changed), shape.columnCount < 1 << 12 else { continue }
          #expect(shape.bytes == changed)
          let z = randomElements(shape.columnCount, seed: 1)
          let (first, last) = (shape.publicCount, shape.publicCount + shape.valueOffsets.count)
          let products = shape.multiply(
            occurringValues: Array(z[first..<last]), trace: Array(z[last...]), publics: Array(z[..<first]))
          let weights = randomElements(shape.rowCount, seed: 2)
          let sums = shape.combineColumns(weights: weights, .one, .zero, .zero)
          let combined = zip(z, sums.publics + sums.values + sums.trace).reduce(ScalarField.zero) { $0 + $1.0 * $1.1 }
          #expect(combined == zip(weights, products.a).reduce(.zero) { $0 + $1.0 * $1.1 })
        }
      }
    }
  }

  /// 46 bytes, which took 4 GiB and seconds when every block was evaluated in a tile of 64.
  @Test("Laws: few bytes that stand for many variables cost no more than these")
  func manyVariables() throws {
    let crafted = CraftedShape(variables: (1 << 20) - 1, blocks: 2)
    let shape = try Shape(bytes: crafted.bytes)
    #expect(crafted.bytes.count < 100 && shape.traceCount == 2 * ((1 << 20) - 1))
    let sums = shape.combineColumns(weights: [.one, .one], .one, .one, .one)
    #expect(sums.publics == [.zero, .zero] && sums.trace.count == shape.traceCount)
    let trace = [ScalarField](repeating: .one, count: shape.traceCount)
    #expect(shape.multiply(occurringValues: [], trace: trace, publics: [.one, .one]).a == [.zero, .zero])
  }

  /// 3,591 bytes, which took a gigabyte when every template's columns were listed as it was read.
  @Test("Laws: reading few bytes that stand for many columns takes no time")
  func manyTemplates() throws {
    let bytes = CraftedShape(variables: (1 << 20) - 1, blocks: 255).bytes
    #expect(bytes.count < 4000)
    let times = try (0..<3).map { _ in
      let start = ContinuousClock.now
      let shape = try Shape(bytes: bytes)
      let time = ContinuousClock.now - start
      #expect(shape.templates.count == 255)
      return time
    }
    #expect(times.contains { $0 < .milliseconds(200) })
  }
}
