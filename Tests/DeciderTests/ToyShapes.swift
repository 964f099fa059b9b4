import Algebra
import ConstraintSystem
import Support

/// A shape with random rows over committed values below `valuesCount`, `traceCount` trace variables and public columns.
func randomShape<F: PrimeField>(
  rows: Int, valuesCount: Int, traceCount: Int, publicCount: Int, seed: UInt64
) throws -> ConstraintShape<F> {
  var random = SeededGenerator(seed: seed)
  var builder = ShapeBuilder<F>(
    layout: StepColumns(digitBits: 4, limbs: 0..<0, publicCount: publicCount))
  let trace = try builder.messages(traceCount)
  func combination(_ builder: inout ShapeBuilder<F>) -> LinearCombination<F> {
    var sum = LinearCombination<F>.zero
    for _ in 0..<3 {
      let coefficient = [F.one, -F.one, F.random(using: &random)].randomElement(using: &random) ?? .one
      switch Int.random(in: 0..<5, using: &random) {
      case 0, 1: sum = sum + coefficient * trace[Int.random(in: 0..<traceCount, using: &random)]
      case 2 where valuesCount > 0, 3 where valuesCount > 0:
        sum = sum + coefficient * builder.committedValue(at: Int.random(in: 0..<valuesCount, using: &random))
      default: sum = sum + coefficient * builder.publicInput(Int.random(in: 0..<publicCount, using: &random))
      }
    }
    return sum
  }
  for row in 0..<rows {
    let left = combination(&builder) + builder.publicInput(row % publicCount)
    let right = combination(&builder) + trace[row % traceCount]
    try builder.requireProduct(left, right, equals: combination(&builder), "toy")
  }
  return builder.finish()
}

/// The definition of a multilinear extension: sum over i of v_i times the product over bits of i.
func naiveExtension<F: PrimeField>(_ vector: [F], at point: [F]) -> F {
  precondition(vector.count <= 1 << point.count)
  var sum = F.zero
  for (index, value) in vector.enumerated() {
    var weight = F.one
    for (bit, coordinate) in point.enumerated() {
      weight *= index >> bit & 1 == 1 ? coordinate : F.one - coordinate
    }
    sum += weight * value
  }
  return sum
}

/// The entry of a matrix by scanning its row.
func naiveEntry<F: PrimeField>(_ matrix: SparseMatrix<F>, row: Int, column: Int) -> F {
  var sum = F.zero
  for entry in Int(matrix.rowStarts[row])..<Int(matrix.rowStarts[row + 1]) where Int(matrix.columns[entry]) == column {
    sum += matrix.coefficients[Int(matrix.coefficientIndices[entry])]
  }
  return sum
}

/// M z by the definition, z being looked up column by column: publics, then the committed values in use, then the trace.
func naiveProduct<F: PrimeField>(
  _ matrix: SparseMatrix<F>, _ shape: ConstraintShape<F>, publics: [F], values: (Int) -> F, trace: (Int) -> F
) -> [F] {
  var z = publics
  z += shape.valueOffsets.map { values(Int($0)) }
  z += (0..<shape.traceCount).map(trace)
  return (0..<matrix.rowCount).map { row in
    z.indices.reduce(F.zero) { $0 + naiveEntry(matrix, row: row, column: $1) * z[$1] }
  }
}
