import Algebra
import ConstraintSystem
import Support
import Testing

/// A circuit under test, one text for every world.
protocol Gadget: Sendable {
  /// What the circuit computes.
  func run<World: CircuitArithmetic>(in world: inout World) throws -> [World.Element] where World.Field == ScalarField
}

/// A shape with a witness for it.
struct FilledGadget {
  let shape: ConstraintShape<ScalarField>
  let witness: WitnessBuilder<ScalarField>
  let outputs: [ScalarField]
  let rowTable: [(scope: String, rows: Int)]

  /// Records a gadget and fills it from messages and committed values.
  init(
    _ gadget: some Gadget, messages: [ScalarField] = [], values: [Int64] = [], digitBits: Int = 16,
    isStrict: Bool = true
  ) throws {
    let layout = StepColumns(digitBits: digitBits, limbs: values.count..<values.count + 4096)
    var builder = ShapeBuilder<ScalarField>(layout: layout)
    let symbols = try gadget.run(in: &builder)
    shape = builder.finish()
    rowTable = builder.rowTable
    var witness = WitnessBuilder<ScalarField>(layout: layout, values: values, messages: messages, isStrict: isStrict)
    outputs = try gadget.run(in: &witness)
    try witness.finish()
    #expect(symbols.count == outputs.count)
    #expect(builder.traceCount == witness.trace.count && builder.digitCount == witness.digits.count)
    self.witness = witness
  }

  /// The values segment with the digits written into it.
  var values: [Int64] { witness.values + witness.digits.map { Int64($0) } }

  /// The first violated row, if any.
  func violation() -> RowViolation? {
    shape.firstViolation(values: values, trace: witness.trace, publics: witness.publics)
  }

  /// The variables that can be changed, one at a time, without violating a row: "trace i" and "value i".
  func survivors(seed: UInt64 = 1) -> [String] {
    var generator = SeededGenerator(seed: seed)
    var z = witness.publics + shape.valueOffsets.map { ScalarField(values[Int($0)]) } + witness.trace
    let rows = rowsByColumn()
    let matrices = [shape.a, shape.b, shape.c]
    func holds(_ row: Int) -> Bool {
      let products = matrices.map { product($0, row, z) }
      return products[0] * products[1] == products[2]
    }
    var result: [String] = []
    for column in shape.publicCount..<shape.columnCount {
      let original = z[column]
      let survives = [original + .one, original - .one, .zero, .random(using: &generator)].contains { changed in
        guard changed != original else { return false }
        z[column] = changed
        return rows[column].allSatisfy(holds)
      }
      z[column] = original
      let trace = column - shape.publicCount - shape.valueOffsets.count
      if survives {
        result.append(trace >= 0 ? "trace \(trace)" : "value \(shape.valueOffsets[column - shape.publicCount])")
      }
    }
    return result
  }

  private func rowsByColumn() -> [[Int]] {
    var rows = [[Int]](repeating: [], count: shape.columnCount)
    for matrix in [shape.a, shape.b, shape.c] {
      for row in 0..<matrix.rowCount {
        for entry in matrix.rowStarts[row]..<matrix.rowStarts[row + 1] {
          rows[Int(matrix.columns[Int(entry)])].append(row)
        }
      }
    }
    return rows
  }

  /// The product of a row with z.
  func product(_ matrix: SparseMatrix<ScalarField>, _ row: Int, _ z: [ScalarField]) -> ScalarField {
    (matrix.rowStarts[row]..<matrix.rowStarts[row + 1]).reduce(ScalarField.zero) { sum, entry in
      let coefficient = matrix.coefficients[Int(matrix.coefficientIndices[Int(entry)])]
      return sum + coefficient * z[Int(matrix.columns[Int(entry)])]
    }
  }
}

/// Random field elements.
func randomElements(_ count: Int, seed: UInt64) -> [ScalarField] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in .random(using: &generator) }
}
