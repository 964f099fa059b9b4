import Dispatch

/// [t, r] = sum over c of left[t, c] * weights[r, c] in Float, in a fixed order of additions, on all cores.
func floatProduct(_ left: [Float], _ weights: [Float], columns: Int) -> [Float] {
  precondition(left.count % columns == 0 && weights.count % columns == 0, "Both operands have `columns` columns.")
  let (rows, positions) = (weights.count / columns, left.count / columns)
  return left.withUnsafeBufferPointer { left in
    weights.withUnsafeBufferPointer { weights in
      [Float](unsafeUninitializedCapacity: rows * positions) { output, count in
        // SAFETY: chunks write disjoint columns of the output and together all of it; all outlive concurrentPerform.
        nonisolated(unsafe) let (output, left, weights) = (output, left, weights)
        let chunks = max(1, min(rows, 16, positions * rows * columns >> 17))
        DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
          for row in rows * chunk / chunks..<rows * (chunk + 1) / chunks {
            let weight = UnsafeBufferPointer(rebasing: weights[row * columns..<(row + 1) * columns])
            for position in 0..<positions {
              let operand = UnsafeBufferPointer(rebasing: left[position * columns..<(position + 1) * columns])
              output[position * rows + row] = dot(operand, weight)
            }
          }
        }
        count = rows * positions
      }
    }
  }
}

private func dot(_ left: UnsafeBufferPointer<Float>, _ right: UnsafeBufferPointer<Float>) -> Float {
  let (a, b) = (UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
  var sums = SIMD8<Float>(repeating: 0)
  var index = 0
  while index + 8 <= left.count {
    sums +=
      a.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
      * b.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
    index += 8
  }
  var sum = sums.sum()
  while index < left.count {
    sum += left[index] * right[index]
    index += 1
  }
  return sum
}
