import Algebra
import ConstraintSystem
import Support

/// What became of the mutants of one circuit.
struct MutationCount {
  /// By class, that is by the name of a row: left-out rows for which a witness was found, in the two ways, and survivors.
  private(set) var leftOut: [String: (exploited: Int, chosen: Int, survived: Int)] = [:]
  /// Left-out rows that say nothing, by class.
  private(set) var idle: [String: Int] = [:]
  /// Altered rows that say the same as before, by class.
  private(set) var equivalent: [String: Int] = [:]
  /// Altered rows, noticed and not.
  private(set) var noticed = 0
  private(set) var alike: [String: Int] = [:]
  /// How many satisfying lists of all values altered rows were read with.
  fileprivate(set) var witnesses = 0

  /// Counts a left-out row.
  mutating func count(_ name: String, _ outcome: AttackOutcome) {
    leftOut[name, default: (0, 0, 0)].exploited += outcome == .exploited ? 1 : 0
    leftOut[name, default: (0, 0, 0)].chosen += outcome == .exploitedWithChosenChallenge ? 1 : 0
    leftOut[name, default: (0, 0, 0)].survived += outcome == .survived ? 1 : 0
  }

  /// Counts a left-out row that says nothing.
  mutating func countIdle(_ name: String) { idle[name, default: 0] += 1 }

  /// Counts an altered row that says the same.
  mutating func countEquivalent(_ name: String) { equivalent[name, default: 0] += 1 }

  /// Counts an altered row.
  mutating func count(_ name: String, isNoticed: Bool) {
    if isNoticed { noticed += 1 } else { alike[name, default: 0] += 1 }
  }

  /// Classes with rows that nothing exploits, with their number.
  var survivors: [String: Int] { leftOut.filter { $0.value.survived > 0 }.mapValues { $0.survived } }

  /// The number of left-out rows tried.
  var total: Int { leftOut.values.reduce(0) { $0 + $1.exploited + $1.chosen + $1.survived } }

  /// One line a class that is not simply exploited, after a line of sums.
  func report(_ circuit: String, rows: Int) -> String {
    let sums = leftOut.values.reduce((0, 0, 0)) { ($0.0 + $1.exploited, $0.1 + $1.chosen, $0.2 + $1.survived) }
    var lines = [
      "\(circuit): \(rows) rows, \(leftOut.count) classes; left out \(total): exploited \(sums.0), with a chosen challenge \(sums.1), survivors \(sums.2); altered \(noticed + alike.values.reduce(0, +)): noticed \(noticed), \(equivalent.values.reduce(0, +)) more say the same, of \(witnesses) witnesses"
    ]
    for (name, count) in leftOut.sorted(by: { $0.key < $1.key }) where count.chosen + count.survived > 0 {
      lines.append("  \(name): exploited \(count.exploited), chosen \(count.chosen), survivors \(count.survived)")
    }
    for (name, count) in idle.sorted(by: { $0.key < $1.key }) { lines.append("  \(name): says nothing \(count)") }
    for (name, count) in alike.sorted(by: { $0.key < $1.key }) {
      lines.append("  altered, \(name): survivors \(count)")
    }
    return lines.joined(separator: "\n")
  }
}

extension RowAttack {
  /// Some rows of every class, or of so many classes, and at least so many in all.
  private func sample(
    rowsPerClass: Int, atLeast least: Int, classes limit: Int, using generator: inout SeededGenerator
  ) -> [Int] {
    var classes: [String: [Int]] = [:]
    for row in 0..<program.shape.rowCount { classes[name(row), default: []].append(row) }
    let names = classes.keys.sorted().shuffled(using: &generator).prefix(limit)
    var sample = Set(
      names.flatMap { (classes[$0] ?? []).shuffled(using: &generator).prefix(rowsPerClass) })
    let pool = names.flatMap { classes[$0] ?? [] }
    while sample.count < min(least, pool.count) {
      if let row = pool.randomElement(using: &generator) { sample.insert(row) }
    }
    return sample.sorted()
  }

  /// Leaves rows out, some of every class and at least so many in all; alters some of every class, each in several ways.
  ///
  /// Altered rows are read with satisfying lists of all values: these, and as many more as are needed, up to a hundred.
  func mutate(
    rowsPerClass: Int, atLeast least: Int, classes limit: Int = .max, altered: (rowsPerClass: Int, atLeast: Int),
    witnesses: [[Field]], more: () -> [Field]?, using generator: inout SeededGenerator
  ) -> MutationCount {
    var (count, witnesses, more) = (MutationCount(), witnesses, more)
    for row in sample(rowsPerClass: rowsPerClass, atLeast: least, classes: limit, using: &generator) {
      if saysNothing(row) {
        count.countIdle(name(row))
      } else {
        count.count(name(row), attack(row, using: &generator))
      }
    }
    /// Whether a list that satisfies all rows does not satisfy the altered one.
    func isRefused(_ alteration: RowAlteration<Field>) -> Bool {
      if witnesses.contains(where: { !accepts(alteration, $0) }) { return true }
      for _ in 0..<max(0, 100 - witnesses.count) {
        guard let next = more() else { continue }
        witnesses.append(next)
        if !accepts(alteration, next) { return true }
      }
      return false
    }
    let rows = sample(
      rowsPerClass: altered.rowsPerClass, atLeast: altered.atLeast, classes: .max, using: &generator)
    for row in rows where !saysNothing(row) {
      for _ in 0..<2 {
        guard let alteration = alteration(of: row, using: &generator) else { continue }
        guard !saysTheSame(alteration), !isIdleDigit(alteration), !needsZeroOfHash(alteration) else {
          count.countEquivalent(name(row))
          continue
        }
        let isNoticed =
          witnesses.contains { !accepts(alteration, $0) } || acceptsMore(alteration, using: &generator)
          || refusesMoved(alteration, using: &generator) || isRefused(alteration)
        count.count(isNoticed ? name(row) : "\(name(row)), \(text(of: alteration))", isNoticed: isNoticed)
      }
    }
    count.witnesses = witnesses.count
    return count
  }
}
