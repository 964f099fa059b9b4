/// Signed references to points, sorted into groups whose sums are wanted.
struct GroupedEntries<C: Curve>: Sendable {
  /// The points referred to.
  var points: [AffinePoint<C>]
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

extension GroupedEntries {
  /// The sums of all groups of all lists, infinity for an empty group; about one batched addition for each entry.
  ///
  /// The entries are cut into parts of equal length that stay in a processor's cache, wherever group boundaries are; a
  /// group's parts are added at the end.
  static func sums(of lists: [Self]) -> [[AffinePoint<C>]] {
    let parts = cut(lists)
    let partSums = Parallel.mapChunks(count: parts.count, minimumChunk: 1) { range in
      var tree = SummationTree<C>()
      return range.map { tree.sums(of: parts[$0], in: lists) }
    }
    var result = lists.map { [AffinePoint<C>](repeating: .infinity, count: $0.groupCount) }
    var shared: [GroupPlace: ProjectivePoint<C>] = [:]
    for partSum in partSums.joined() {
      for (place, point) in zip(partSum.places, partSum.points) {
        let present = result[place.list][place.group]
        if let sum = shared[place] {
          shared[place] = sum + point
        } else if present.isInfinity {
          result[place.list][place.group] = point
        } else {
          shared[place] = ProjectivePoint(present) + point
        }
      }
    }
    let places = Array(shared.keys)
    let points = ProjectivePoint.normalized(places.map { shared[$0] ?? .infinity })
    for (place, point) in zip(places, points) { result[place.list][place.group] = point }
    return result
  }

  /// Entries in a part: 8192 points are 512 kB.
  private static var partLength: Int { 8192 }

  /// Cuts all lists' entries into parts of `partLength` entries, the last one shorter.
  private static func cut(_ lists: [Self]) -> [[PartRange]] {
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

/// One group of one list.
struct GroupPlace: Hashable, Sendable {
  var list: Int
  var group: Int
}

/// The sums of the groups that a part has entries of.
struct PartSums<C: Curve>: Sendable {
  var places: [GroupPlace]
  var points: [AffinePoint<C>]
}
