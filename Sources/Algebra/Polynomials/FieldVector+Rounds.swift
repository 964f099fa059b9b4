// Sumcheck rounds in the highest variable of vectors as multilinear polynomials, by blocks that stay in the cache: nothing as long as
// a vector is made. With 2 half entries and variable t, entry i is v[i] + t (v[i + half] - v[i]).

extension FieldVector {
  /// The sum over i below `half` of the products of two vectors' entries i, as a polynomial in the highest variable: its value at 0 and
  /// its leading coefficient. Both vectors have at most 2 `half` entries and continue with zeros; three products an entry.
  package func productRound(_ other: FieldVector, half: Int) -> (constant: F, leading: F) {
    precondition(Swift.max(count, other.count) <= 2 * half, "Polynomials in the variables of the sumcheck.")
    let end = Swift.min(Swift.min(count, other.count), half)
    return withBlocks(other) { left, right in
      let parts = Parallel.mapChunks(count: (end + 511) / 512, minimumChunk: 8) { blocks in
        Self.withScratch(2 * 512) { scratch in
          var sums = (constant: F.zero, leading: F.zero)
          for block in blocks {
            let start = 512 * block, length = Swift.min(512, end - start)
            sums.constant += F.dot(left.base + start, right.base + start, count: length)
            left.difference(start, half: half, count: length, into: scratch)
            right.difference(start, half: half, count: length, into: scratch + 512)
            sums.leading += F.dot(scratch, scratch + 512, count: length)
          }
          return sums
        }
      }
      return parts.reduce((F.zero, F.zero)) { ($0.0 + $1.constant, $0.1 + $1.leading) }
    }
  }

  /// The sum over i below `half` of w (a b - c), as a polynomial in the highest variable: the coefficients of 1, t^2 and t^3. The weights
  /// w are this vector, of 2 `half` entries; a, b and c are equally long, at most as that, and continue with zeros.
  package func rowRound(left: FieldVector, right: FieldVector, output: FieldVector, half: Int) -> [F] {
    precondition(
      count == 2 * half && left.count == right.count && left.count == output.count && left.count <= count,
      "Polynomials in the variables of the sumcheck.")
    let size = 128
    let end = Swift.min(left.count, half)
    return withBlocks(left) { weights, left in
      right.withBlocks(output) { right, output in
        let rows = (a: left, b: right, c: output)
        let parts = Parallel.mapChunks(count: (end + size - 1) / size, minimumChunk: 8) { blocks in
          Self.withScratch(7 * size) { scratch in
            var sums = [F](repeating: .zero, count: 3)
            let (constant, linear, quadratic) = (scratch, scratch + size, scratch + 2 * size)
            let (slope, high, a, b) = (scratch + 3 * size, scratch + 4 * size, scratch + 5 * size, scratch + 6 * size)
            for block in blocks {
              let start = size * block, length = Swift.min(size, end - start)
              // At 0: a b - c.
              F.multiply(rows.a.base + start, rows.b.base + start, into: constant, count: length)
              F.subtract(constant, rows.c.base + start, into: constant, count: length)
              // At 1, less the constant and the leading coefficient.
              rows.a.difference(start, half: half, count: length, into: a)
              rows.b.difference(start, half: half, count: length, into: b)
              F.multiply(a, b, into: quadratic, count: length)
              rows.a.copy(start + half, count: length, into: a)
              rows.b.copy(start + half, count: length, into: b)
              F.multiply(a, b, into: linear, count: length)
              rows.c.copy(start + half, count: length, into: high)
              F.subtract(linear, high, into: linear, count: length)
              F.subtract(linear, constant, into: linear, count: length)
              F.subtract(linear, quadratic, into: linear, count: length)
              weights.difference(start, half: half, count: length, into: slope)
              sums[0] += F.dot(weights.base + start, constant, count: length)
              sums[1] += F.dot(weights.base + start, quadratic, count: length)
              sums[1] += F.dot(slope, linear, count: length)
              sums[2] += F.dot(slope, quadratic, count: length)
            }
            return sums
          }
        }
        return parts.reduce([F](repeating: .zero, count: 3)) { total, part in zip(total, part).map { $0 + $1 } }
      }
    }
  }

  /// Calls `body` with scratch memory for `count` elements.
  private static func withScratch<Result>(_ count: Int, _ body: (UnsafeMutablePointer<F>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: F.self, capacity: count) { scratch in
      guard let base = scratch.baseAddress else { preconditionFailure("Scratch memory is not empty.") }
      return body(base)
    }
  }

  /// Calls `body` with this vector and another one as they are read by blocks.
  private func withBlocks<Result>(_ other: FieldVector, _ body: (VectorBlocks<F>, VectorBlocks<F>) -> Result) -> Result
  {
    // An empty vector has no memory; nothing is read then.
    let (first, second) = (isEmpty ? [F.zero] : elements, other.isEmpty ? [F.zero] : other.elements)
    return first.withUnsafeBufferPointer { left in
      second.withUnsafeBufferPointer { right in
        guard let leftBase = left.baseAddress, let rightBase = right.baseAddress else {
          preconditionFailure("An array that is not empty has memory.")
        }
        return body(VectorBlocks(base: leftBase, count: count), VectorBlocks(base: rightBase, count: other.count))
      }
    }
  }
}

/// A vector that several threads read by blocks, zero past its count.
private struct VectorBlocks<F: PrimeField>: @unchecked Sendable {
  // SAFETY: made from a buffer that is borrowed for the duration of the parallel call, and only read.
  let base: UnsafePointer<F>
  let count: Int

  /// Writes v[start + half + i] - v[start + i] for i below `length`; the lower entries exist.
  func difference(_ start: Int, half: Int, count length: Int, into out: UnsafeMutablePointer<F>) {
    if start + half + length <= count {
      F.subtract(base + start + half, base + start, into: out, count: length)
    } else {
      copy(start + half, count: length, into: out)
      F.subtract(out, base + start, into: out, count: length)
    }
  }

  /// Writes v[start + i] for i below `length`.
  func copy(_ start: Int, count length: Int, into out: UnsafeMutablePointer<F>) {
    let known = Swift.min(length, Swift.max(0, count - start))
    if known > 0 { out.update(from: base + start, count: known) }
    (out + known).update(repeating: .zero, count: length - known)
  }
}
