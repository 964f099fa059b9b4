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
