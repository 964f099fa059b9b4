/// Sums groups of points by rounds: each round adds neighbours of every group and halves the groups' lengths, all
/// additions of a round sharing one inversion.
struct SummationTree<C: Curve> {
  private var current: [AffinePoint<C>]
  private var next: [AffinePoint<C>]
  /// Points of `current` in use.
  private var count = 0
  private var groups: [Group] = []
  private var lefts: [Int32] = []
  private var outs: [Int32] = []
  private var addition = PairAddition<C>()

  /// A group that the part has entries of.
  private struct Group {
    /// Points left of it.
    var length: Int
    /// Where its sum belongs.
    var place: Int
    /// Whether other parts have entries of it, too.
    var isShared: Bool
  }

  /// Room for parts of up to `capacity` entries.
  init(capacity: Int) {
    current = [AffinePoint<C>](repeating: .infinity, count: capacity)
    next = current
  }

  /// Sums the groups that the part's entries are in.
  ///
  /// - Parameters:
  ///   - part: the entries, those of one list after those of another.
  ///   - source: what the entries refer to.
  ///   - result: where the sums of the part's own groups are stored: group g of list l at starts[l] + g.
  /// - Returns: what the part adds to groups that it shares with others, and their places.
  mutating func sum(
    _ part: [PartRange], of lists: [GroupedEntries], from source: [AffinePoint<C>],
    into result: ScatterTarget<AffinePoint<C>>, at starts: [Int]
  ) -> [(place: Int, point: AffinePoint<C>)] {
    gather(part, lists, source, starts)
    while count > groups.count { halve() }
    var shared: [(place: Int, point: AffinePoint<C>)] = []
    for (index, group) in groups.enumerated() {
      if group.isShared { shared.append((group.place, current[index])) } else { result[group.place] = current[index] }
    }
    return shared
  }

  /// Copies the part's points, with their signs, and notes the groups.
  private mutating func gather(
    _ part: [PartRange], _ lists: [GroupedEntries], _ source: [AffinePoint<C>], _ starts: [Int]
  ) {
    groups.removeAll(keepingCapacity: true)
    count = 0
    for range in part {
      let list = lists[range.list]
      var group = list.group(ofEntry: range.entries.lowerBound)
      var start = range.entries.lowerBound
      while start < range.entries.upperBound {
        let (first, last) = (Int(list.offsets[group]), Int(list.offsets[group + 1]))
        let end = min(last, range.entries.upperBound)
        if end > start {
          let isShared = first < range.entries.lowerBound || last > range.entries.upperBound
          groups.append(Group(length: end - start, place: starts[range.list] + group, isShared: isShared))
        }
        start = end
        group += 1
      }
      precondition(count + range.entries.count <= current.count, "A part within the capacity.")
      copy(range.entries, of: list, source, to: count)
      count += range.entries.count
    }
  }

  /// Copies the points that some of a list's entries refer to, from position `first` on.
  private mutating func copy(
    _ range: Range<Int>, of list: GroupedEntries, _ points: [AffinePoint<C>], to first: Int
  ) {
    // SAFETY: an affine point is two field elements and nothing else; the sorting that made the entries numbered
    // points of the array, and the caller made room for all of the part's points.
    current.withUnsafeMutableBytes { target in
      points.withUnsafeBytes { source in
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
    let (pairs, left) = groups.reduce(into: (0, 0)) {
      $0.0 += $1.length / 2
      $0.1 += ($1.length + 1) / 2
    }
    if lefts.count != pairs {
      lefts = [Int32](repeating: 0, count: pairs)
      outs = lefts
    }
    precondition(left <= next.count, "Sums fit where their summands do.")
    lefts.withUnsafeMutableBufferPointer { lefts in
      outs.withUnsafeMutableBufferPointer { outs in
        // SAFETY: as many pairs are written as were counted, and as many points as are left.
        guard let lefts = lefts.baseAddress, let outs = outs.baseAddress else { return }
        var (pair, position, out) = (0, Int32(0), Int32(0))
        for group in groups {
          for _ in 0..<(group.length / 2) {
            lefts[pair] = position
            outs[pair] = out
            pair += 1
            position += 2
            out += 1
          }
          position += Int32(group.length % 2)
          out += Int32(group.length % 2)
        }
      }
    }
    addition.add(current, lefts: lefts, into: &next, at: outs)
    // What is alone in its group stays as it is.
    var (position, out) = (0, 0)
    for index in groups.indices {
      let length = groups[index].length
      position += length
      out += (length + 1) / 2
      if length % 2 == 1 { next[out - 1] = current[position - 1] }
      groups[index].length = (length + 1) / 2
    }
    swap(&current, &next)
    count = left
  }
}
