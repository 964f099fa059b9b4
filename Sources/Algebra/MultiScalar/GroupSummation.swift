/// Sums groups of points, part after part of their entries, on one processor.
final class GroupSummation<C: Curve> {
  /// The entries of a part.
  private var entries: [UInt32] = []
  private var pieces: [Piece] = []
  private var sums: [AffinePoint<C>] = []
  /// Memory of the kernel, and how many words it has.
  private var scratch: (words: UnsafeMutablePointer<UInt64>, count: Int)?

  /// Entries of a part that are summed at once: a group, or some of one.
  private struct Piece {
    var start: Int
    var length: Int
    /// Where the group's sum belongs.
    var place: Int
    /// Whether there are other pieces of the group.
    var isShared: Bool
  }

  /// Entries of a piece at most; longer groups become several, since groups are summed side by side.
  private static var longestPiece: Int { 64 }

  /// A summation that has summed nothing yet.
  init() {}

  deinit { scratch?.words.deallocate() }

  /// Sums the groups that the part's entries are in.
  ///
  /// - Parameters:
  ///   - part: the entries, those of one list after those of another.
  ///   - source: what the entries refer to.
  ///   - result: where the sums of groups are stored that are one piece: group g of list l at starts[l] + g.
  /// - Returns: the sums of the other pieces, and the places of their groups.
  func sum(
    _ part: [PartRange], of lists: [GroupedEntries], from source: [AffinePoint<C>],
    into result: ScatterTarget<AffinePoint<C>>, at starts: [Int]
  ) -> [(place: Int, point: AffinePoint<C>)] {
    cut(part, lists, starts)
    let groups = groupsByFallingLength()
    if sums.count < pieces.count { sums = [AffinePoint<C>](repeating: .infinity, count: pieces.count) }
    add(groups, from: source)
    var shared: [(place: Int, point: AffinePoint<C>)] = []
    for (index, piece) in pieces.enumerated() {
      if piece.isShared { shared.append((piece.place, sums[index])) } else { result[piece.place] = sums[index] }
    }
    return shared
  }

  /// Copies the part's entries and notes the pieces.
  private func cut(_ part: [PartRange], _ lists: [GroupedEntries], _ starts: [Int]) {
    entries.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
    for range in part {
      let list = lists[range.list]
      // Where the part's entries are less where they are in the list.
      let shift = entries.count - range.entries.lowerBound
      entries.append(contentsOf: list.entries[range.entries])
      var group = list.group(ofEntry: range.entries.lowerBound)
      var start = range.entries.lowerBound
      while start < range.entries.upperBound {
        let (first, last) = (Int(list.offsets[group]), Int(list.offsets[group + 1]))
        let end = min(last, range.entries.upperBound)
        let isShared = first < start || last > end || end - start > Self.longestPiece
        while start < end {
          let length = min(Self.longestPiece, end - start)
          let place = starts[range.list] + group
          pieces.append(Piece(start: start + shift, length: length, place: place, isShared: isShared))
          start += length
        }
        group += 1
      }
    }
  }

  /// The pieces as the kernel wants them, each one's sum at its own number.
  private func groupsByFallingLength() -> [PointGroup] {
    var places = [Int](repeating: 0, count: Self.longestPiece + 1)
    for piece in pieces { places[piece.length] += 1 }
    var next = 0
    for length in places.indices.reversed() { (places[length], next) = (next, next + places[length]) }
    var groups = [PointGroup](repeating: PointGroup(start: 0, length: 0, place: 0), count: pieces.count)
    for (index, piece) in pieces.enumerated() {
      groups[places[piece.length]] = PointGroup(start: piece.start, length: piece.length, place: index)
      places[piece.length] += 1
    }
    return groups
  }

  /// Stores the sums of these groups in `sums`.
  private func add(_ groups: [PointGroup], from source: [AffinePoint<C>]) {
    let scratch = scratch(words: C.BaseField.groupScratchCount(groups, count: groups.count))
    // SAFETY: an affine point is two field elements and nothing else; the sorting that made the entries numbered points
    // of `source`, the pieces are within the entries and numbered below the count of `sums`, and the scratch memory,
    // which lives as long as this object, is as long as the kernel says it must be.
    sums.withUnsafeMutableBytes { target in
      source.withUnsafeBytes { source in
        guard let target = target.baseAddress, let source = source.baseAddress else { return }
        C.BaseField.sumGroups(
          groups, count: groups.count, of: entries, from: source.assumingMemoryBound(to: C.BaseField.self),
          into: target.assumingMemoryBound(to: C.BaseField.self), scratch: scratch)
      }
    }
  }

  /// Memory of at least so many words, which nobody has to fill: the kernel writes what it reads.
  private func scratch(words: Int) -> UnsafeMutablePointer<UInt64> {
    if let scratch, scratch.count >= words { return scratch.words }
    scratch?.words.deallocate()
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 8 * words, alignment: 64)
    // SAFETY: bound, not initialised: only C code reads it, and what it has written itself.
    let pointer = memory.bindMemory(to: UInt64.self, capacity: words)
    scratch = (pointer, words)
    return pointer
  }
}
