import Dispatch

/// Exact products of 16-bit matrices.
///
/// A right operand r is split as 256 h + l with -128 <= h < 128 and 0 <= l < 256, so that 256 products with a 16-bit
/// left operand fit 32 bits: 256 * 2^15 * 255 < 2^31. Sums of such blocks are kept in 64 bits.
package enum MatrixProduct {
  private static let block = 256

  /// [t, r] = sum over c of left[t, c] * weights[r, c], exact, on all cores; `left` has `weights.columns` columns.
  package static func product(_ left: [Int16], _ weights: WeightMatrix) -> [Int64] {
    let (rows, columns) = (weights.rows, weights.columns)
    precondition(left.count % columns == 0, "The left operand has as many columns as the weights.")
    let positions = left.count / columns
    return weights.withValues { right in
      left.withUnsafeBufferPointer { left in
        [Int64](unsafeUninitializedCapacity: positions * rows) { output, count in
          // SAFETY: chunks write disjoint columns of the output and together all of it; all outlive concurrentPerform.
          nonisolated(unsafe) let (output, left, right) = (output, left, right)
          let work = positions * rows * columns
          let chunks = max(1, min(rows, 16, work >> 15))
          DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
            let range = rows * chunk / chunks..<rows * (chunk + 1) / chunks
            multiply(left, right, columns: columns, into: output, rows: rows, range: range)
          }
          count = positions * rows
        }
      }
    }
  }

  /// [i, j] = sum over c of left[i, c] * right[j, c], exact, on the calling thread.
  static func product(_ left: [Int16], _ right: [Int16], columns: Int) -> [Int64] {
    precondition(left.count % columns == 0 && right.count % columns == 0, "Both operands have `columns` columns.")
    let rows = right.count / columns
    let size = left.count / columns * rows
    return left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        [Int64](unsafeUninitializedCapacity: size) { output, count in
          multiply(left, right, columns: columns, into: output, rows: rows, range: 0..<rows)
          count = size
        }
      }
    }
  }

  private static func multiply(
    _ left: UnsafeBufferPointer<Int16>, _ right: UnsafeBufferPointer<Int16>, columns: Int,
    into output: UnsafeMutableBufferPointer<Int64>, rows: Int, range: Range<Int>
  ) {
    var high = [Int16](repeating: 0, count: columns)
    var low = [Int16](repeating: 0, count: columns)
    let positions = left.count / columns
    for row in range {
      for column in 0..<columns {
        let value = right[row * columns + column]
        high[column] = value >> 8
        low[column] = value & 255
      }
      for position in 0..<positions {
        let operand = UnsafeBufferPointer(rebasing: left[position * columns..<(position + 1) * columns])
        output[position * rows + row] = dot(operand, high: high, low: low)
      }
    }
  }

  private static func dot(_ left: UnsafeBufferPointer<Int16>, high: [Int16], low: [Int16]) -> Int64 {
    var sum: Int64 = 0
    var start = 0
    while start < left.count {
      let end = min(start + block, left.count)
      var (highSum, lowSum) = (Int32(0), Int32(0))
      for index in start..<end {
        let operand = Int32(left[index])
        highSum &+= operand &* Int32(high[index])
        lowSum &+= operand &* Int32(low[index])
      }
      sum += Int64(highSum) << 8 + Int64(lowSum)
      start = end
    }
    return sum
  }
}

extension RescaledTensor {
  /// The values as 16-bit operands; they were checked to be no wider.
  var operands: [Int16] { values.map { Int16(truncatingIfNeeded: $0) } }
}
