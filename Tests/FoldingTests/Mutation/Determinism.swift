import Algebra
import ConstraintSystem

/// Which rows leave a column no choice, given everything before it.
struct Determinism<Field: PrimeField & LinearElement> where Field.Field == Field {
  let program: CircuitProgram<Field>
  let honest: [Field]

  /// What a reading of the program has found.
  struct Report {
    /// Columns nothing determines: messages and what a prover is asked for.
    var inputs = 0
    /// Columns one row defines.
    var defined = 0
    /// Columns a row is solved for.
    var solved = 0
    /// Bits of numbers, of which some sum of powers of two is given, and other bits.
    var bits = 0
    /// Digits of folds of elements of Fq.
    var digits = 0
    /// Inverses and quotients by numbers that are not 0.
    var quotients = 0
    /// Quotients by 0: free, and read by nothing else.
    var free = 0
    /// Columns that no rule covers.
    var open: [Int] = []
  }

  /// Reads the program; rules hold at these values.
  func report() -> Report {
    var report = Report()
    var unknown: Set<Int> = []
    let checks = program.steps.compactMap { step in
      if case .row(let row) = step, row.target == nil { row } else { nil }
    }
    var byColumn: [Int: [ProgramRow<Field>]] = [:]
    for row in checks { for column in Set(row.columns) { byColumn[column, default: []].append(row) } }
    for (place, step) in program.steps.enumerated() {
      switch step {
      case .input(let columns): report.inputs += columns.count
      case .block(let block):
        report.defined += program.shape.templates[program.shape.blocks[block.number].template].traceCount
      case .row(let row):
        if row.target != nil { report.defined += 1 }
        let open = Set(row.columns.filter { unknown.contains($0) })
        if row.target == nil, open.count == 1, let column = open.first, !slope(row, column).isZero {
          unknown.remove(column)
          report.solved += 1
        }
      case .ladder(let columns): unknown.formUnion(columns)
      case .hint(let hint): read(hint, at: place, byColumn, into: &report)
      }
    }
    report.open += unknown.sorted()
    return report
  }

  private func read(
    _ hint: ProgramHint<Field>, at place: Int, _ rows: [Int: [ProgramRow<Field>]], into report: inout Report
  ) {
    switch hint.rule {
    case .bits, .prefix, .isEqual:
      let booleans = hint.outputs.filter { column in rows[column]?.contains { isBoolean($0, column) } ?? false }
      report.open += hint.outputs.filter { !booleans.contains($0) }
      // Powers of two below the modulus, or all 254 with a comparison; or as many ones as a length says, those first; or one bit.
      let sum = rows[hint.outputs.lowerBound]?.first { row in
        row.a.terms.isEmpty && hint.outputs.allSatisfy { column in row.c.terms.contains { $0.column == column } }
      }
      let weights = hint.outputs.map { column in sum?.c.terms.first { $0.column == column }?.coefficient ?? .zero }
      let isBinary = zip(weights, weights.dropFirst()).allSatisfy { $1 == $0 + $0 } && !(weights.first?.isZero ?? true)
      let isCount = zip(weights, weights.dropFirst()).allSatisfy { $0 == $1 }
      let isDetermined: Bool
      switch hint.rule {
      case .bits:
        isDetermined = isBinary && (hint.outputs.count < 254 || comparisons(after: place) == Self.runsOfZeros)
      case .prefix:
        // Ones come first.
        isDetermined =
          isCount
          && zip(hint.outputs, hint.outputs.dropFirst()).allSatisfy { before, after in
            rows[after]?.contains { row in
              !row.a.terms.isEmpty && row.c.terms.isEmpty && row.columns.contains(before)
                && row.columns.contains(after)
            } ?? false
          }
      default: isDetermined = sum != nil
      }
      if isDetermined { report.bits += booleans.count } else { report.open += booleans }
    case .quotient, .inverse:
      let column = hint.outputs.lowerBound
      guard let row = rows[column]?.first(where: { !slope($0, column).isZero }) else {
        if program.occurrences[column] == 1 { report.free += 1 } else { report.open.append(column) }
        return
      }
      _ = row
      report.quotients += 1
    case .foldResult, .foldQuotient, .foldCarry:
      // Three rows and the result's four: `LimbedElement.folded` shows that they leave one result, quotient and carries.
      let isWhole = program.folds.contains { $0.hints.contains(place) && $0.rows.count == 3 && $0.hints.count == 4 }
      let isRead = hint.outputs.allSatisfy { program.occurrences[$0] > 0 }
      if isWhole && isRead { report.digits += hint.outputs.count } else { report.open += hint.outputs }
    }
  }

  /// b b = b, or b (b - 1) = 0, or b (1 - b) = 0.
  private func isBoolean(_ row: ProgramRow<Field>, _ column: Int) -> Bool {
    guard row.columns.allSatisfy({ $0 == column || $0 == 0 }) else { return false }
    func holds(_ value: Field) -> Bool {
      func side(_ combination: Combination<Field>) -> Field {
        combination.terms.reduce(.zero) { $0 + $1.coefficient * ($1.column == column ? value : .one) }
      }
      return side(row.a) * side(row.b) == side(row.c)
    }
    // A quadratic equation has no third root.
    return holds(.zero) && holds(.one) && !holds(.one + .one)
  }

  private func slope(_ row: ProgramRow<Field>, _ column: Int) -> Field {
    func part(_ combination: Combination<Field>) -> (own: Field, all: Field) {
      combination.terms.reduce((.zero, .zero)) { sum, term in
        (sum.0 + (term.column == column ? term.coefficient : .zero), sum.1 + term.coefficient * honest[term.column])
      }
    }
    let (a, b, c) = (part(row.a), part(row.b), part(row.c))
    return a.own * b.all + a.all * b.own - c.own
  }

  /// The rows of a comparison that follow a decomposition.
  private func comparisons(after place: Int) -> Int {
    var count = 0
    for step in program.steps[(place + 1)...] {
      if case .hint(let hint) = step {
        guard case .quotient = hint.rule else { break }
        count += 1
      }
      if case .block = step { break }
      if case .ladder = step { break }
    }
    return count
  }

  /// Runs of zeros in r - 1.
  private static var runsOfZeros: Int {
    let bits = (0..<254).map { (Digits16.r - 1) >> $0 }.map { $0.modulo(2) == BigInteger(1) }
    return bits.indices.filter { !bits[$0] && ($0 == 253 || bits[$0 + 1]) }.count
  }
}
