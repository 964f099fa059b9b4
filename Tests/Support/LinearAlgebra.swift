package import Algebra

/// The rank of a matrix given by rows of one length, by Gaussian elimination over the field.
package func rank<F: PrimeField>(_ rows: [[F]]) -> Int {
  var rows = rows
  var rank = 0
  for column in 0..<(rows.first?.count ?? 0) {
    guard let pivot = rows.indices.dropFirst(rank).first(where: { !rows[$0][column].isZero }),
      let inverse = rows[pivot][column].inverse()
    else { continue }
    rows.swapAt(rank, pivot)
    for row in rows.indices.dropFirst(rank + 1) where !rows[row][column].isZero {
      let factor = rows[row][column] * inverse
      for index in column..<rows[row].count { rows[row][index] -= factor * rows[rank][index] }
    }
    rank += 1
    if rank == rows.count { break }
  }
  return rank
}

/// The matrix with rows and columns exchanged.
package func transposed<F: PrimeField>(_ rows: [[F]]) -> [[F]] {
  (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column] } }
}

/// Numbers whose products with these rows, which are as many as the targets, sum to the targets; nil if there are none.
package func solution<F: PrimeField>(of rows: [[F]], equalling targets: [F]) -> [F]? {
  var rows = zip(rows, targets).map { $0 + [$1] }
  let width = (rows.first?.count ?? 1) - 1
  var pivots: [Int] = []
  for column in 0..<width where pivots.count < rows.count {
    let place = pivots.count
    guard let pivot = rows.indices.dropFirst(place).first(where: { !rows[$0][column].isZero }),
      let inverse = rows[pivot][column].inverse()
    else { continue }
    rows.swapAt(place, pivot)
    for index in column...width { rows[place][index] *= inverse }
    for row in rows.indices where row != place && !rows[row][column].isZero {
      let factor = rows[row][column]
      for index in column...width { rows[row][index] -= factor * rows[place][index] }
    }
    pivots.append(column)
  }
  guard rows.dropFirst(pivots.count).allSatisfy({ $0[width].isZero }) else { return nil }
  var found = [F](repeating: .zero, count: width)
  for (row, column) in pivots.enumerated() { found[column] = rows[row][width] }
  return found
}
