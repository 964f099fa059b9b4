import Dispatch

// Products of quantised activations with ternary matrices, by additions and subtractions only.
extension MatrixProduct {
  /// 255 additions of numbers of at most 127 stay within 16 bits.
  private static let ternaryBlock = 255 * 16

  /// [t, r] = sum over c of left[t, c] * weights[r, c], exact, on all cores; entries of `left` are in -127 ... 127, those
  /// of `weights` in -1 ... 1.
  package static func ternaryProduct(_ left: [Int16], _ weights: WeightMatrix) -> [Int64] {
    let (rows, columns) = (weights.rows, weights.columns)
    precondition(left.count % columns == 0, "The left operand has as many columns as the weights.")
    let positions = left.count / columns
    return left.withUnsafeBufferPointer { left in
      [Int64](unsafeUninitializedCapacity: positions * rows) { output, count in
        // SAFETY: chunks write disjoint columns of the output and together all of it; all outlive concurrentPerform.
        nonisolated(unsafe) let (output, left) = (output, left)
        let chunks = max(1, min(rows, 16, positions * rows * columns >> 17))
        DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
          for row in rows * chunk / chunks..<rows * (chunk + 1) / chunks {
            let weight = weights.entries(row * columns..<(row + 1) * columns)
            // All ones where a weight is 1, or -1, else 0.
            let (plus, minus) = (weight.map { $0 == 1 ? -1 : 0 as Int16 }, weight.map { $0 == -1 ? -1 : 0 as Int16 })
            plus.withUnsafeBytes { plus in
              minus.withUnsafeBytes { minus in
                for position in 0..<positions {
                  let operand = UnsafeRawBufferPointer(
                    UnsafeBufferPointer(rebasing: left[position * columns..<(position + 1) * columns]))
                  output[position * rows + row] = sum(operand, plus: plus, minus: minus)
                }
              }
            }
          }
        }
        count = positions * rows
      }
    }
  }

  /// The sum of the 16-bit operands under the one mask minus those under the other.
  private static func sum(
    _ operand: UnsafeRawBufferPointer, plus: UnsafeRawBufferPointer, minus: UnsafeRawBufferPointer
  ) -> Int64 {
    let count = operand.count / 2
    var total: Int64 = 0
    var index = 0
    while index + 16 <= count {
      let end = min(count, index + ternaryBlock)
      var sums = SIMD16<Int16>()
      while index + 16 <= end {
        let values = operand.loadUnaligned(fromByteOffset: 2 * index, as: SIMD16<Int16>.self)
        let added = plus.loadUnaligned(fromByteOffset: 2 * index, as: SIMD16<Int16>.self)
        let subtracted = minus.loadUnaligned(fromByteOffset: 2 * index, as: SIMD16<Int16>.self)
        sums &+= (values & added) &- (values & subtracted)
        index += 16
      }
      total += Int64(SIMD16<Int32>(truncatingIfNeeded: sums).wrappedSum())
    }
    while index < count {
      let value = operand.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self)
      let added = plus.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self)
      let subtracted = minus.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self)
      total += Int64((value & added) - (value & subtracted))
      index += 1
    }
    return total
  }
}
