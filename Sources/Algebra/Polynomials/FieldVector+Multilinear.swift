// A vector as the multilinear polynomial v~ with v~(b) = v[sum of b_k 2^k]; past its count it continues with zeros.

extension FieldVector {
  /// v~(point); the count is at most 2^(coordinates). One product an entry, one pass.
  package func evaluateMultilinear(at point: [F]) -> F {
    elements.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return .zero }
      let shared = SharedConstant(base: base)
      return Multilinear.evaluate(count: count, at: point) { start, weights, length in
        F.dot(weights, shared.base + start, count: length)
      }
    }
  }

  /// Fixes the highest variable: v[i] + challenge * (v[i + half] - v[i]) with 2 half the power of two not below the
  /// count, which is at least 2; the count becomes half.
  package mutating func bindTop(_ challenge: F) {
    precondition(count >= 2, "A polynomial with a variable to bind.")
    let half = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    let pairs = count - half
    updatePairs(pairs, distance: half) { low, high, count in
      F.interpolate(low, high, at: challenge, into: low, count: count)
    }
    elements.removeLast(pairs)
    guard pairs < half else { return }
    // Entries whose partner is past the end: v[i] (1 - challenge).
    let complement = F.one - challenge
    Parallel.updateChunks(of: &elements, minimumChunk: Self.minimumChunk) { range, part in
      let start = Swift.max(pairs, range.lowerBound)
      guard start < range.upperBound, let base = part.baseAddress else { return }
      let first = base + (start - range.lowerBound)
      F.scale(first, by: complement, into: first, count: range.upperBound - start)
    }
  }

  /// The vector with its highest variable fixed: entries v[i] + challenge * (v[i + half] - v[i]), i below `half`, where v continues with
  /// zeros; as many as are not zero for that reason. The count is at most 2 `half`.
  package func boundTop(_ challenge: F, half: Int) -> FieldVector {
    precondition(count <= 2 * half, "A polynomial with a variable to bind.")
    let pairs = Swift.max(0, count - half), length = Swift.min(count, half)
    let complement = F.one - challenge
    return FieldVector(
      Array(unsafeUninitializedCapacity: length) { buffer, initialized in
        elements.withUnsafeBufferPointer { source in
          guard let target = buffer.baseAddress, let source = source.baseAddress else { return }
          // SAFETY: parts are disjoint; a field element is trivial, so writing to memory not yet initialised is allowed.
          let (out, low) = (SharedBuffer(base: target), SharedConstant(base: source))
          Parallel.forChunks(count: length, minimumChunk: Self.minimumChunk) { range in
            let (both, first) = (range.clamped(to: 0..<pairs), range.lowerBound)
            F.interpolate(
              low.base + first, low.base + first + half, at: challenge, into: out.base + first, count: both.count)
            let rest = first + both.count
            F.scale(low.base + rest, by: complement, into: out.base + rest, count: range.upperBound - rest)
          }
        }
        initialized = length
      })
  }

  /// Fixes the lowest variable: v[2 i] + challenge * (v[2 i + 1] - v[2 i]); the count is halved, rounding up.
  package mutating func bindLow(_ challenge: F) {
    precondition(count >= 2, "A polynomial with a variable to bind.")
    if count % 2 == 1 { elements.append(.zero) }
    let half = count / 2
    let values = elements
    elements = Array(unsafeUninitializedCapacity: half) { buffer, initialized in
      values.withUnsafeBufferPointer { source in
        guard let target = buffer.baseAddress, let source = source.baseAddress else { return }
        // SAFETY: parts are disjoint; a field element is trivial, so writing to memory not yet initialised is allowed.
        let (targetBase, sourceBase) = (SharedBuffer(base: target), SharedConstant(base: source))
        Parallel.forChunks(count: half, minimumChunk: Self.minimumChunk) { range in
          F.interpolatePairs(
            sourceBase.base + 2 * range.lowerBound, at: challenge, into: targetBase.base + range.lowerBound,
            count: range.count)
        }
      }
      initialized = half
    }
  }
}

/// Evaluation of multilinear polynomials given by their values on the hypercube.
@usableFromInline
package enum Multilinear<F: PrimeField> {
  /// The value at `point` of the polynomial whose values are these integers, which are never converted one by one; the
  /// count is at most 2^(coordinates). Entry i belongs to the point whose coordinate k is bit k of i; missing ones are
  /// 0.
  @inlinable package static func evaluate<Integer: FixedWidthInteger & SignedInteger & Sendable>(
    smallIntegers: [Integer], at point: [F]
  ) -> F {
    smallIntegers.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return .zero }
      let shared = SharedConstant(base: base)
      return evaluate(count: smallIntegers.count, at: point) { start, weights, length in
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: length) { integers in
          for index in 0..<length { integers.initializeElement(at: index, to: Int64(shared.base[start + index])) }
          guard let integers = integers.baseAddress else { return .zero }
          return F.dot(weights, integers, count: length)
        }
      }
    }
  }

  /// The variables whose equality table stays in the processor's cache: 2^10 elements, 32 kB.
  static var blockVariables: Int { 10 }

  /// The sum over blocks of 2^blockVariables entries of eq(high coordinates, block) times the block's inner product
  /// with the table of the low coordinates, which `innerProduct(first entry, table, entries)` computes.
  @usableFromInline static func evaluate(
    count: Int, at point: [F], innerProduct: @Sendable (Int, UnsafePointer<F>, Int) -> F
  ) -> F {
    precondition(point.count >= 48 || count <= 1 << point.count, "At most 2^n values for n coordinates.")
    let lowCount = Swift.min(point.count, blockVariables)
    let blockLength = 1 << lowCount
    let blocks = (count + blockLength - 1) / blockLength
    // Coordinates past those that index a block are zero bits for every entry: eq contributes 1 - coordinate.
    let highCount = blocks <= 1 ? 0 : Int.bitWidth - (blocks - 1).leadingZeroBitCount
    let unused = point[(lowCount + highCount)...].reduce(F.one) { $0 * (F.one - $1) }
    let low = EqualityPolynomial.table(Array(point[..<lowCount]))
    let high = EqualityPolynomial.table(Array(point[lowCount..<(lowCount + highCount)]), scaledBy: unused)
    return low.elements.withUnsafeBufferPointer { low in
      guard let base = low.baseAddress else { return .zero }
      let weights = SharedConstant(base: base)
      return Parallel.reduceChunks(
        count: blocks, minimumChunk: 16, into: F.zero,
        transform: { range in
          range.reduce(F.zero) { sum, block in
            let start = block * blockLength
            return sum + high[block] * innerProduct(start, weights.base, Swift.min(blockLength, count - start))
          }
        }, combine: +=)
    }
  }
}
