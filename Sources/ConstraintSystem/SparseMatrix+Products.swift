import Algebra

// Products by coefficients other than 1 and -1 are gathered and made many at a time, which wide-vector code does several
// times as fast as one by one.

extension SparseMatrix {
  /// Entries gathered at a time: few enough to stay in the nearest cache.
  private static var blockEntries: Int { 2048 }

  /// The product with z, concurrently.
  func multiply(_ z: [Field]) -> [Field] {
    precondition(z.count == columnCount, "As many values as columns.")
    let parts = Parallel.mapChunks(count: rowCount, minimumChunk: 1024) { products(rows: $0, z) }
    return parts.count == 1 ? parts[0] : parts.flatMap(\.self)
  }

  /// The products of some rows with z.
  private func products(rows: Range<Int>, _ z: [Field]) -> [Field] {
    var sums: [Field] = []
    sums.reserveCapacity(rows.count)
    forBlocks(of: rows) { block in
      let products = gather(block) { entry, _ in z[Int(columns[entry])] }
      var next = 0
      for row in block {
        var sum = Field.zero
        for entry in entries(row) {
          switch coefficientIndices[entry] {
          case 0: sum += z[Int(columns[entry])]
          case 1: sum -= z[Int(columns[entry])]
          default:
            sum += products[next]
            next += 1
          }
        }
        sums.append(sum)
      }
    }
    return sums
  }

  /// Adds the sum over `rows` of weights[row] * M[row, column] to sums[column].
  func accumulate(rows: Range<Int>, weights: FieldVector<Field>, into sums: inout [Field]) {
    forBlocks(of: rows) { block in
      let products = gather(block) { _, row in weights[row] }
      var next = 0
      for row in block {
        let weight = weights[row]
        for entry in entries(row) {
          let column = Int(columns[entry])
          switch coefficientIndices[entry] {
          case 0: sums[column] += weight
          case 1: sums[column] -= weight
          default:
            sums[column] += products[next]
            next += 1
          }
        }
      }
    }
  }

  /// The entries of a row.
  private func entries(_ row: Int) -> Range<Int> { Int(rowStarts[row])..<Int(rowStarts[row + 1]) }

  /// Calls `body` for consecutive parts of `rows` with few entries each.
  private func forBlocks(of rows: Range<Int>, _ body: (Range<Int>) -> Void) {
    var start = rows.lowerBound
    while start < rows.upperBound {
      var end = start + 1
      while end < rows.upperBound, Int(rowStarts[end + 1] - rowStarts[start]) <= Self.blockEntries { end += 1 }
      body(start..<end)
      start = end
    }
  }

  /// For the entries of some rows whose coefficient is neither 1 nor -1, in order: coefficient times value(entry, row).
  private func gather(_ rows: Range<Int>, _ value: (_ entry: Int, _ row: Int) -> Field) -> FieldVector<Field> {
    var factors: [Field] = []
    var values: [Field] = []
    for row in rows {
      for entry in entries(row) where coefficientIndices[entry] > 1 {
        factors.append(coefficients[Int(coefficientIndices[entry])])
        values.append(value(entry, row))
      }
    }
    var products = FieldVector(factors)
    products.multiplyElementwise(by: FieldVector(values))
    return products
  }
}
