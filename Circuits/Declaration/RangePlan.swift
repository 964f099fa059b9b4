import Arguments

/// How ranges narrower than a digit are checked: by a table of their own, or by two lookups among whole digits.
///
/// x and 2^(R-w) x both in [0, 2^R) say that x is in [0, 2^w): an x below 2^R leaves no room to wrap. A table costs 2^w
/// leaves in every step, the second lookup one leaf for every x. Widths far below R keep their tables, which are small.
struct RangePlan: Sendable {
  /// R.
  let digitBits: Int
  /// The widths that have a table, R among them.
  let tables: Set<Int>

  /// The plan with the fewest leaves in the largest kind, given the drafts of all kinds and the entries of the tables
  /// that are no ranges; of several, one with the most tables.
  init(digitBits: Int, drafts: [StatementBuilder], otherEntries: Int) {
    let widths = drafts.reduce(into: Set([digitBits])) { $0.formUnion($1.rangeLeaves.keys) }
    let choices = widths.filter { $0 < digitBits && $0 >= digitBits - 8 }.sorted()
    var best = (leaves: Int.max, tables: widths)
    for subset in 0..<1 << choices.count {
      let doubled = choices.enumerated().filter { subset >> $0.offset & 1 == 1 }.map(\.element)
      let tables = widths.subtracting(doubled)
      let entries = otherEntries + tables.reduce(0) { $0 + 1 << $1 }
      let largest = drafts.map { draft in
        doubled.reduce(draft.leaves) { $0 + (draft.rangeLeaves[$1] ?? 0) }
      }.reduce(0) { max($0, $1) }
      let leaves = largest + 1 << Axis("table entry", entries).logSize
      if (leaves, doubled.count) < (best.leaves, widths.count - best.tables.count) { best = (leaves, tables) }
    }
    self.digitBits = digitBits
    tables = best.tables
  }
}
