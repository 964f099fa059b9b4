/// Adds many independent pairs of affine points with one inversion in all: six products for each sum.
///
/// Equal points, opposite points and infinity are handled; which case applies can be seen from the time it takes.
struct PairAddition<C: Curve> {
  private var scratch: [UInt64] = []

  /// For every index i, target[outs[i]] = source[lefts[i]] + source[lefts[i] + 1].
  mutating func add(
    _ source: [AffinePoint<C>], lefts: [Int32], into target: inout [AffinePoint<C>], at outs: [Int32]
  ) {
    precondition(lefts.count == outs.count, "One place for every sum.")
    let words = C.BaseField.pairScratchCount(lefts.count)
    if scratch.count < words { scratch = [UInt64](repeating: 0, count: words) }
    // SAFETY: an affine point is two field elements and nothing else; the places are inside the arrays, as the tree
    // that makes them counts them.
    source.withUnsafeBytes { source in
      target.withUnsafeMutableBytes { target in
        scratch.withUnsafeMutableBufferPointer { scratch in
          guard let source = source.baseAddress, let target = target.baseAddress, let scratch = scratch.baseAddress
          else { return }
          C.BaseField.addPairs(
            source.assumingMemoryBound(to: C.BaseField.self), lefts: lefts,
            into: target.assumingMemoryBound(to: C.BaseField.self), at: outs, scratch: scratch)
        }
      }
    }
  }
}
