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
    current.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    var places: [GroupPlace] = []
    for range in part {
      let list = lists[range.list]
      var group = list.group(ofEntry: range.entries.lowerBound)
      var start = range.entries.lowerBound
      while start < range.entries.upperBound {
        let end = min(Int(list.offsets[group + 1]), range.entries.upperBound)
        if end > start {
          for entry in list.entries[start..<end] {
            let point = list.points[Int(entry >> 1)]
            current.append(entry & 1 == 1 ? -point : point)
          }
          places.append(GroupPlace(list: range.list, group: group))
          lengths.append(end - start)
        }
        start = end
        group += 1
      }
    }
    return places
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
