import Algebra
import ConstraintSystem
import Folding
import Support

/// A shape with values for all of its columns.
struct FilledCircuit<Field: PrimeField & LinearElement> where Field.Field == Field {
  let shape: ConstraintShape<Field>
  /// u and the public inputs, the values at the shape's offsets, the trace.
  var z: [Field]
  private let matrices: [SparseMatrix<Field>]

  /// Fills a shape; `values` is the values segment.
  init(shape: ConstraintShape<Field>, publics: [Field], values: [Int64] = [], trace: [Field]) {
    self.shape = shape
    matrices = [shape.a, shape.b, shape.c]
    z = publics + shape.valueOffsets.map { Field(values[Int($0)]) } + trace
  }

  /// The index of a trace variable in z.
  func traceIndex(_ offset: Int) -> Int { shape.publicCount + shape.valueOffsets.count + offset }

  /// The name of the first violated row.
  var violation: String? {
    for row in 0..<shape.rowCount where !holds(row) { return shape.names?[row] ?? "row \(row)" }
    return nil
  }

  /// The columns after the public ones that some change of a single value leaves unnoticed.
  mutating func survivors(seed: UInt64 = 1) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    let rows = rowsByColumn
    var result: [Int] = []
    for column in shape.publicCount..<z.count {
      let original = z[column]
      for changed in [original + .one, original - .one, .zero, -original, .random(using: &generator)]
      where changed != original {
        z[column] = changed
        if rows[column].allSatisfy(holds) {
          result.append(column)
          break
        }
      }
      z[column] = original
    }
    return result
  }

  private var rowsByColumn: [[Int]] {
    var rows = [[Int]](repeating: [], count: z.count)
    for matrix in matrices {
      for row in 0..<matrix.rowCount {
        for entry in matrix.rowStarts[row]..<matrix.rowStarts[row + 1] {
          rows[Int(matrix.columns[Int(entry)])].append(row)
        }
      }
    }
    return rows
  }

  private func holds(_ row: Int) -> Bool {
    product(matrices[0], row) * product(matrices[1], row) == z[0] * product(matrices[2], row)
  }

  private func product(_ matrix: SparseMatrix<Field>, _ row: Int) -> Field {
    var sum = Field.zero
    for entry in Int(matrix.rowStarts[row])..<Int(matrix.rowStarts[row + 1]) {
      sum += matrix.coefficients[Int(matrix.coefficientIndices[entry])] * z[Int(matrix.columns[entry])]
    }
    return sum
  }
}

/// Random points of a group.
func randomPoints<C: Curve>(_ count: Int, using generator: inout SeededGenerator) -> [AffinePoint<C>] {
  (0..<count).map { _ in AffinePoint<C>.generator.multiplied(variableTime: .random(using: &generator)).affine }
}

/// A random challenge below 2^128.
func randomShort(using generator: inout SeededGenerator) -> ScalarField {
  ScalarField(reducing: (generator.next(), generator.next(), 0, 0))
}

extension CycleFoldStatement {
  /// A true claim on random points.
  static func random(
    chunkCount: Int, alpha: ScalarField? = nil, using generator: inout SeededGenerator
  ) -> CycleFoldStatement {
    let alpha = alpha ?? randomShort(using: &generator)
    let running: [AffinePoint<PrimaryCurve>] = randomPoints(chunkCount, using: &generator)
    let fresh: [AffinePoint<PrimaryCurve>] = randomPoints(chunkCount, using: &generator)
    let folded = zip(running, fresh).map { ($1.multiplied(variableTime: alpha) + $0).affine }
    return CycleFoldStatement(alpha: alpha, running: running, fresh: fresh, folded: folded)
  }
}
