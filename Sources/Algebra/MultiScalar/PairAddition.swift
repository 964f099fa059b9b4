/// Adds many independent pairs of affine points with one inversion in all: six products for each sum.
///
/// Equal points, opposite points and infinity are handled; which case applies can be seen from the time it takes.
struct PairAddition<C: Curve> {
  private var scratch: [UInt64] = []

  // SAFETY, for all functions: an affine point is two field elements and nothing else, so an array of points is one of
  // coordinates; the scratch memory is as long as the kernel says it must be.

  /// For every index i, target[outs[i]] = source[lefts[i]] + source[lefts[i] + 1]; all places are inside the arrays.
  mutating func add(
    _ source: [AffinePoint<C>], lefts: [Int32], into target: inout [AffinePoint<C>], at outs: [Int32]
  ) {
    precondition(lefts.count == outs.count, "One place for every sum.")
    withScratch(for: lefts.count) { scratch in
      source.withUnsafeBytes { source in
        target.withUnsafeMutableBytes { target in
          guard let source = source.baseAddress, let target = target.baseAddress else { return }
          C.BaseField.addPairs(
            source.assumingMemoryBound(to: C.BaseField.self), lefts: lefts,
            into: target.assumingMemoryBound(to: C.BaseField.self), at: outs, scratch: scratch)
        }
      }
    }
  }

  /// Adds to every point of `target` the one with the same index.
  mutating func add(_ addends: [AffinePoint<C>], to target: inout [AffinePoint<C>]) {
    combine(addends, with: &target, C.BaseField.addPoints)
  }

  /// Subtracts from every point of `target` the one with the same index.
  mutating func subtract(_ subtrahends: [AffinePoint<C>], from target: inout [AffinePoint<C>]) {
    combine(subtrahends, with: &target, C.BaseField.subtractPoints)
  }

  /// Doubles every point.
  mutating func double(_ target: inout [AffinePoint<C>]) {
    let count = target.count
    withScratch(for: count) { scratch in
      target.withUnsafeMutableBytes { target in
        guard let target = target.baseAddress?.assumingMemoryBound(to: C.BaseField.self) else { return }
        C.BaseField.addPoints(target, into: target, count: count, scratch: scratch)
      }
    }
  }

  /// A kernel that changes `count` points, those of its second argument, by those of its first.
  private typealias Kernel = (
    UnsafePointer<C.BaseField>, UnsafeMutablePointer<C.BaseField>, _ count: Int, UnsafeMutablePointer<UInt64>
  ) -> Void

  private mutating func combine(
    _ others: [AffinePoint<C>], with target: inout [AffinePoint<C>], _ kernel: Kernel
  ) {
    precondition(others.count == target.count, "A second point for every point.")
    withScratch(for: others.count) { scratch in
      let count = others.count
      others.withUnsafeBytes { others in
        target.withUnsafeMutableBytes { target in
          guard let others = others.baseAddress, let target = target.baseAddress else { return }
          kernel(
            others.assumingMemoryBound(to: C.BaseField.self), target.assumingMemoryBound(to: C.BaseField.self),
            count, scratch)
        }
      }
    }
  }

  /// Calls `body` with scratch memory for `count` additions.
  private mutating func withScratch(for count: Int, _ body: (UnsafeMutablePointer<UInt64>) -> Void) {
    let words = C.BaseField.pairScratchCount(count)
    if scratch.count < words { scratch = [UInt64](repeating: 0, count: words) }
    scratch.withUnsafeMutableBufferPointer { scratch in
      guard let scratch = scratch.baseAddress else { return }
      body(scratch)
    }
  }
}
