package import Algebra

extension ConstraintShape {
  /// (A z, B z, C z) for small committed values; entries of the values segment beyond `values` are zero.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package func multiply(values: [Int64], trace: [Field], publics: [Field]) -> RowProducts<Field> {
    let offsets = valueOffsets
    let occurring = Parallel.map(count: offsets.count, minimumChunk: 16384) { index -> Int64 in
      let offset = Int(offsets[index])
      return offset < values.count ? values[offset] : 0
    }
    let isInteger = publics.first == .one && IntegerCombinations.areSmall(occurring)
    return products(
      head: publics + FieldVector(smallIntegers: occurring).elements, trace: trace,
      integers: isInteger ? occurring : nil)
  }

  /// (A z, B z, C z) for field elements; entries of the values segment beyond `values` are zero.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package func multiply(values: [Field], trace: [Field], publics: [Field]) -> RowProducts<Field> {
    products(head: publics + valueOffsets.map { Int($0) < values.count ? values[Int($0)] : .zero }, trace: trace)
  }

  /// (A z, B z, C z) given the committed values that occur in rows, one for each of `valueOffsets`.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package func multiply(occurringValues values: [Field], trace: [Field], publics: [Field]) -> RowProducts<Field> {
    precondition(values.count == valueOffsets.count, "As many values as occur in rows.")
    return products(head: publics + values, trace: trace)
  }

  /// The first row where A z * B z differs from u C z + E, or nil when all agree; E is zero when it is not given.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package func firstViolation(of products: RowProducts<Field>, u: Field, error: [Field] = []) -> RowViolation? {
    for row in 0..<rowCount {
      let expected = u * products.c[row] + (row < error.count ? error[row] : .zero)
      if products.a[row] * products.b[row] != expected { return RowViolation(row: row, name: names?[row]) }
    }
    return nil
  }

  /// The first row violated by small values and a trace, for the fresh instance with these public inputs.
  package func firstViolation(values: [Int64], trace: [Field], publics: [Field]) -> RowViolation? {
    firstViolation(of: multiply(values: values, trace: trace, publics: publics), u: publics[0])
  }

  /// For every column the sum over rows of weights[row] * (x A + y B + z C)[row, column].
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package func combineColumns(weights: [Field], _ x: Field, _ y: Field, _ z: Field) -> ColumnSums<Field> {
    precondition(weights.count >= rowCount, "One weight per row.")
    var sums = combineBlocks(weights: weights, factors: (x, y, z))
    var scaled = ScaledWeights(weights, factors: (x, y, z))
    for (range, start) in ownPieces {
      scaled.load(start..<start + range.count)
      for (offset, row) in rows[range].enumerated() {
        sums.combinations[Int(row.a)] += scaled.a[offset]
        sums.combinations[Int(row.b)] += scaled.b[offset]
        sums.combinations[Int(row.c)] += scaled.c[offset]
      }
    }
    var head = [Field](repeating: .zero, count: publicCount + valueOffsets.count)
    combinations.combineColumns(weights: sums.combinations, head: &head, tail: &sums.trace)
    head[0] += sums.one
    return ColumnSums(publics: Array(head[..<publicCount]), values: Array(head[publicCount...]), trace: sums.trace)
  }

  /// - Parameter integers: the committed values that occur in rows, if they are small and the first public value is 1.
  private func products(head: [Field], trace: [Field], integers: [Int64]? = nil) -> RowProducts<Field> {
    precondition(
      head.count == publicCount + valueOffsets.count && trace.count >= traceCount, "As many variables as the shape has."
    )
    let products = combinations.multiply(
      ColumnValues(head: head, tail: trace),
      integers: integers.map { (rows: integerCombinations, publicCount: publicCount, values: $0) })
    let (tiles, pieces) = (blockTiles, ownPieces)
    // Tiles first: they take longest.
    let (a, b, c) = Parallel.scatterTriple(count: rowCount, tasks: tiles.count + pieces.count) { task, target in
      guard task >= tiles.count else {
        return multiply(tiles[task], one: head[0], inputs: products, trace: trace, into: target)
      }
      let (range, start) = pieces[task - tiles.count]
      for index in range {
        let row = rows[index]
        target.write(
          start + index - range.lowerBound, products[Int(row.a)], products[Int(row.b)], products[Int(row.c)])
      }
    }
    return RowProducts(a: a, b: b, c: c)
  }

  /// The ranges of rows outside blocks, cut into pieces for one processor each.
  private var ownPieces: [(rows: Range<Int>, start: Int)] {
    let length = 4096
    return ownRanges.flatMap { range, start in
      stride(from: range.lowerBound, to: range.upperBound, by: length).map { first in
        (rows: first..<min(first + length, range.upperBound), start: start + first - range.lowerBound)
      }
    }
  }
}

/// The products of the three matrices with z, one entry per row.
package struct RowProducts<Field: PrimeField>: Sendable {
  /// A z.
  package let a: [Field]
  /// B z.
  package let b: [Field]
  /// C z.
  package let c: [Field]

  /// Products from parts of one length.
  package init(a: [Field], b: [Field], c: [Field]) {
    precondition(a.count == b.count && b.count == c.count, "One entry of each for every row.")
    (self.a, self.b, self.c) = (a, b, c)
  }
}

/// A weighted sum of rows, by the part of z its columns belong to.
package struct ColumnSums<Field: PrimeField>: Sendable, Equatable {
  /// u and the public inputs.
  package let publics: [Field]
  /// The values at the shape's `valueOffsets`.
  package let values: [Field]
  /// The trace.
  package let trace: [Field]
}

/// A row that does not hold.
package struct RowViolation: Equatable, Sendable, CustomStringConvertible {
  /// Its index.
  package let row: Int
  /// Its scopes and label, where they are known.
  package let name: String?
  /// The index and the name.
  package var description: String { "row \(row)\(name.map { " (\($0))" } ?? "")" }
}

/// The weights of some rows times a factor for each side; small enough a part at a time to stay in a processor's cache.
struct ScaledWeights<Field: PrimeField> {
  private let weights: [Field]
  private let factors: (a: Field, b: Field, c: Field)
  /// Those of the left sides, the right sides and the products.
  private(set) var a, b, c: [Field]

  /// Weights of all rows, of which none is loaded.
  init(_ weights: [Field], factors: (Field, Field, Field)) {
    self.weights = weights
    self.factors = factors
    (a, b, c) = ([], [], [])
  }

  /// Makes the weights of these rows.
  mutating func load(_ range: Range<Int>) {
    Self.scale(weights[range], by: factors.a, into: &a)
    Self.scale(weights[range], by: factors.b, into: &b)
    Self.scale(weights[range], by: factors.c, into: &c)
  }

  private static func scale(_ weights: ArraySlice<Field>, by factor: Field, into target: inout [Field]) {
    if target.count < weights.count { target = [Field](repeating: .zero, count: weights.count) }
    target.withUnsafeMutableBufferPointer { target in
      weights.withUnsafeBufferPointer { weights in
        // SAFETY: there is room for as many elements as there are weights.
        guard let source = weights.baseAddress, let target = target.baseAddress else { return }
        Field.scale(source, by: factor, into: target, count: weights.count)
      }
    }
  }
}
