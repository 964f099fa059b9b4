/// Signed references to points, sorted into groups whose sums are wanted.
struct GroupedEntries: Sendable {
  /// 2 times a point's index, plus 1 when the point is to be negated; group after group.
  var entries: [UInt32]
  /// Group g has the entries from offsets[g] to offsets[g + 1] - 1.
  var offsets: [Int32]

  /// The number of groups.
  var groupCount: Int { offsets.count - 1 }

  /// The group that entry `position` is in.
  func group(ofEntry position: Int) -> Int {
    var low = 0, high = groupCount
    // Invariant: offsets[low] <= position < offsets[high].
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(offsets[middle]) <= position { low = middle } else { high = middle }
    }
    return low
  }
}

/// The sums of many groups of points.
struct GroupSums<C: Curve> {
  /// The sums of all groups of all lists, list after list.
  let points: [AffinePoint<C>]
  /// List l has the groups from starts[l] to starts[l + 1] - 1 of `points`.
  let starts: [Int]

  /// The sums of all groups of all lists, infinity for an empty group; about one batched addition for each entry.
  ///
  /// The entries are cut into parts of equal length that stay in a processor's cache, wherever group boundaries are; the
  /// sums of a group's pieces are added at the end.
  init(of lists: [GroupedEntries], points source: [AffinePoint<C>]) {
    let starts = lists.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.groupCount) }
    let parts = Self.cut(lists)
    var points = [AffinePoint<C>](repeating: .infinity, count: starts[starts.count - 1])
    let shared = Parallel.scatter(into: &points, chunks: parts.count) { range, result in
      let summation = GroupSummation<C>()
      return range.flatMap { summation.sum(parts[$0], of: lists, from: source, into: result, at: starts) }
    }.flatMap { $0 }
    if !shared.isEmpty {
      // The pieces of a group come one after another.
      var places: [Int] = []
      var offsets: [Int32] = []
      for (index, piece) in shared.enumerated() where piece.place != places.last {
        places.append(piece.place)
        offsets.append(Int32(index))
      }
      offsets.append(Int32(shared.count))
      let entries = shared.indices.map { UInt32($0) << 1 }
      let sums = GroupSums(of: [GroupedEntries(entries: entries, offsets: offsets)], points: shared.map(\.point))
      for (place, sum) in zip(places, sums.points) { points[place] = sum }
    }
    self.points = points
    self.starts = starts
  }

  /// The sums of one list's groups.
  func sums(ofList index: Int) -> ArraySlice<AffinePoint<C>> { points[starts[index]..<starts[index + 1]] }

  /// Entries in a part: what is kept of 8192 is 1.4 MB, half of it read again at once.
  private static var partLength: Int { 8192 }

  /// Cuts all lists' entries into parts of `partLength` entries, the last one shorter.
  private static func cut(_ lists: [GroupedEntries]) -> [[PartRange]] {
    var parts: [[PartRange]] = []
    var current: [PartRange] = []
    var room = partLength
    for (index, list) in lists.enumerated() {
      var start = 0
      while start < list.entries.count {
        let length = min(room, list.entries.count - start)
        current.append(PartRange(list: index, entries: start..<(start + length)))
        start += length
        room -= length
        if room == 0 {
          parts.append(current)
          current = []
          room = partLength
        }
      }
    }
    if !current.isEmpty { parts.append(current) }
    return parts
  }
}

/// Consecutive entries of one list.
struct PartRange: Sendable {
  var list: Int
  var entries: Range<Int>
}
