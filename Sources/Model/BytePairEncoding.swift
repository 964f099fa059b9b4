/// Byte-pair encoding: a word starts as one token for each byte or character; the adjacent pair with the lowest rank, the leftmost
/// among equals, is merged until none is left.
struct BytePairEncoding: Sendable {
  /// What a pair merges to, and when.
  struct Merge: Equatable, Sendable {
    /// Lower ranks first.
    let rank: Int32
    /// The token that replaces the pair.
    let token: Int32
  }

  /// Merges by pair.
  let merges: [Pair: Merge]

  /// Two adjacent tokens.
  struct Pair: Hashable, Sendable {
    /// The left token.
    let left: Int32
    /// The right token.
    let right: Int32
  }

  /// The tokens of one word, given those it starts as, in time O(n log n).
  func encode(_ word: [Int32]) -> [Int] {
    var tokens = word
    if tokens.count < 2 { return tokens.map { Int($0) } }
    // A doubly linked list over the positions; a merged-away position has token -1.
    var next = Array(1...tokens.count)
    var previous = Array(-1..<tokens.count - 1)
    var queue = MergeQueue()
    func consider(_ left: Int) {
      guard left >= 0, next[left] < tokens.count else { return }
      let pair = Pair(left: tokens[left], right: tokens[next[left]])
      if let merge = merges[pair] { queue.insert(MergeQueue.Entry(merge: merge, position: left, pair: pair)) }
    }
    for position in 0..<tokens.count - 1 { consider(position) }
    while let entry = queue.removeFirst() {
      let (left, right) = (entry.position, next[entry.position])
      guard right < tokens.count, tokens[left] == entry.pair.left, tokens[right] == entry.pair.right else { continue }
      tokens[left] = entry.merge.token
      tokens[right] = -1
      next[left] = next[right]
      if next[right] < tokens.count { previous[next[right]] = left }
      consider(left)
      consider(previous[left])
    }
    return tokens.filter { $0 >= 0 }.map { Int($0) }
  }
}

/// A binary heap of possible merges, lowest rank and then leftmost first.
private struct MergeQueue {
  struct Entry {
    let merge: BytePairEncoding.Merge
    let position: Int
    let pair: BytePairEncoding.Pair

    static func precedes(_ left: Entry, _ right: Entry) -> Bool {
      (left.merge.rank, left.position) < (right.merge.rank, right.position)
    }
  }

  private var heap: [Entry] = []

  mutating func insert(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Entry.precedes(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func removeFirst() -> Entry? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return first }
    heap[0] = last
    var parent = 0
    while 2 * parent + 1 < heap.count {
      var child = 2 * parent + 1
      if child + 1 < heap.count && Entry.precedes(heap[child + 1], heap[child]) { child += 1 }
      guard Entry.precedes(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      parent = child
    }
    return first
  }
}
