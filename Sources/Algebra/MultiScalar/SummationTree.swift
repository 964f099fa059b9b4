/// Sums groups of points by rounds: each round adds neighbours of every group and halves the groups' lengths, all
/// additions of a round sharing one inversion.
struct SummationTree<C: Curve> {
  private var current: [AffinePoint<C>] = []
  private var next: [AffinePoint<C>] = []
  private var lengths: [Int] = []
  private var lefts: [Int32] = []
  private var outs: [Int32] = []
  private var addition = PairAddition<C>()

  /// The sums of the groups that the part's entries are in, restricted to the part.
  mutating func sums(of part: [PartRange], in lists: [GroupedEntries<C>]) -> PartSums<C> {
    let places = gather(part, lists)
    while current.count > lengths.count { halve() }
    return PartSums(places: places, points: current)
  }

  /// Copies the part's points, with their signs, and notes how many each group has.
  private mutating func gather(_ part: [PartRange], _ lists: [GroupedEntries<C>]) -> [GroupPlace] {
    lengths.removeAll(keepingCapacity: true)
    var places: [GroupPlace] = []
    for range in part {
      let list = lists[range.list]
      var group = list.group(ofEntry: range.entries.lowerBound)
      var start = range.entries.lowerBound
      while start < range.entries.upperBound {
        let end = min(Int(list.offsets[group + 1]), range.entries.upperBound)
        if end > start {
          places.append(GroupPlace(list: range.list, group: group))
          lengths.append(end - start)
        }
        start = end
        group += 1
      }
    }
    let total = part.reduce(0) { $0 + $1.entries.count }
    if current.count != total { current = [AffinePoint<C>](repeating: .infinity, count: total) }
    var first = 0
    for range in part {
      copy(range.entries, of: lists[range.list], to: first)
      first += range.entries.count
    }
    return places
  }

  /// Copies the points that some of a list's entries refer to, from position `first` on.
  private mutating func copy(_ range: Range<Int>, of list: GroupedEntries<C>, to first: Int) {
    // SAFETY: an affine point is two field elements and nothing else; the sorting that made the entries numbered
    // points of the list, and the caller made room for all of the part's points.
    current.withUnsafeMutableBytes { target in
      list.points.withUnsafeBytes { source in
        list.entries.withUnsafeBufferPointer { entries in
          guard let target = target.baseAddress, let source = source.baseAddress, let entries = entries.baseAddress
          else { return }
          C.BaseField.gatherPoints(
            source.assumingMemoryBound(to: C.BaseField.self), entries + range.lowerBound,
            into: target.assumingMemoryBound(to: C.BaseField.self) + 2 * first, count: range.count)
        }
      }
    }
  }

  /// One round: a group of n points becomes one of n / 2, rounded up.
  private mutating func halve() {
    lefts.removeAll(keepingCapacity: true)
    outs.removeAll(keepingCapacity: true)
    let total = lengths.reduce(0) { $0 + ($1 + 1) / 2 }
    if next.count < total { next = [AffinePoint<C>](repeating: .infinity, count: current.count) }
    var position = 0
    var out = 0
    for index in lengths.indices {
      let length = lengths[index]
      for _ in 0..<(length / 2) {
        lefts.append(Int32(truncatingIfNeeded: position))
        outs.append(Int32(truncatingIfNeeded: out))
        position += 2
        out += 1
      }
      if length % 2 == 1 {
        next[out] = current[position]
        position += 1
        out += 1
      }
      lengths[index] = (length + 1) / 2
    }
    addition.add(current, lefts: lefts, into: &next, at: outs)
    swap(&current, &next)
    current.removeLast(current.count - total)
  }
}
