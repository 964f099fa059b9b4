/// Points on which the same additions are done, sixteen to a block, each addition with one inversion in all.
final class PointBlocks<C: Curve> {
  private let words: UnsafeMutablePointer<UInt64>
  private let blockCount: Int
  /// The number of points.
  let count: Int

  // SAFETY, for all functions: memory for all blocks on whole cache lines, which only this object uses, and which is
  // freed with it; an affine point is two field elements and nothing else.

  private init(count: Int) {
    precondition(count > 0, "At least one point.")
    self.count = count
    blockCount = (count + 15) / 16
    words = Self.memory(blocks: blockCount)
  }

  deinit { words.deallocate() }

  /// Blocks of these points, none of which is infinity.
  convenience init(_ points: ArraySlice<AffinePoint<C>>) {
    self.init(count: points.count)
    points.withUnsafeBytes { points in
      guard let points = points.baseAddress else { return }
      C.BaseField.loadBlocks(points.assumingMemoryBound(to: C.BaseField.self), count: count, into: words)
    }
  }

  /// The points (factor x, y) of other blocks.
  convenience init(_ others: PointBlocks, scaledBy factor: C.BaseField) {
    self.init(count: others.count)
    C.BaseField.scaleBlocks(others.words, by: factor, into: words, count: blockCount)
  }

  /// A copy.
  convenience init(copying others: PointBlocks) {
    self.init(count: others.count)
    words.update(from: others.words, count: C.BaseField.blockWords * blockCount)
  }

  /// The points.
  var points: [AffinePoint<C>] {
    var points = [AffinePoint<C>](repeating: .infinity, count: count)
    points.withUnsafeMutableBytes { points in
      guard let points = points.baseAddress else { return }
      C.BaseField.storeBlocks(words, count: count, into: points.assumingMemoryBound(to: C.BaseField.self))
    }
    return points
  }

  /// Scratch memory for additions of blocks.
  final class Scratch {
    fileprivate let words: UnsafeMutablePointer<UInt64>

    /// Memory for blocks of so many points.
    init(count: Int) { words = PointBlocks.memory(blocks: (count + 15) / 16) }

    deinit { words.deallocate() }
  }

  /// Doubles every point; false, with nothing done, if that cannot be done fast.
  func double(_ scratch: Scratch) -> Bool {
    C.BaseField.doubleBlocks(words, count: blockCount, scratch: scratch.words)
  }

  /// Adds the points of as many other blocks, or their opposites; false, with nothing done, if that cannot be done fast.
  func add(_ others: PointBlocks, negated: Bool, _ scratch: Scratch) -> Bool {
    precondition(others.count == count, "A second point for every point.")
    return C.BaseField.addBlocks(others.words, negated: negated, into: words, count: blockCount, scratch: scratch.words)
  }

  /// Memory for so many blocks, on whole cache lines, which only kernels read, and only what they have written.
  private static func memory(blocks: Int) -> UnsafeMutablePointer<UInt64> {
    let count = C.BaseField.blockWords * blocks
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 8 * count, alignment: 64)
    return memory.bindMemory(to: UInt64.self, capacity: count)
  }
}
