import Algebra
import ConstraintSystem
import Support

/// What a prover can do who need not satisfy one row.
enum AttackOutcome: Equatable {
  /// A witness violates this row and no other.
  case exploited
  /// A witness violates this row and one row of the sponge, which makes a challenge what the prover likes; without the second, the
  /// prover would have to search inputs of the hash.
  case exploitedWithChosenChallenge
  /// None was found.
  case survived
}

/// A list of all values that satisfies every row but one, or but one and those of chosen challenges.
final class FoundWitness<Field: PrimeField> {
  fileprivate(set) var z: [Field]?

  /// Forgets it.
  func forget() { z = nil }
}

/// Finds, for a row of a circuit, a witness that satisfies all rows but this one.
struct RowAttack<Field: PrimeField & LinearElement> where Field.Field == Field {
  let program: CircuitProgram<Field>
  /// A satisfying list of all values.
  let honest: [Field]
  /// The largest id of a token.
  let lastToken: Int
  /// What the last attempt that succeeded found.
  let found = FoundWitness<Field>()
  /// The column each row of a ladder is solved for.
  private let solvedColumns: [Int: Int]

  /// Attacks from a satisfying list.
  init(_ program: CircuitProgram<Field>, honest: [Field], lastToken: Int = 0) {
    self.program = program
    self.honest = honest
    self.lastToken = lastToken
    var solved: [Int: Int] = [:]
    var unknown: Set<Int> = []
    for step in program.steps {
      if case .ladder(let columns) = step { unknown.formUnion(Set(columns).union(program.solvedPublics)) }
      guard !unknown.isEmpty, case .row(let row) = step, row.target == nil else { continue }
      let open = Set(row.columns.filter { unknown.contains($0) })
      if open.count == 1, let column = open.first {
        solved[row.index] = column
        unknown.remove(column)
      }
    }
    solvedColumns = solved
  }

  /// What a row is called.
  func name(_ row: Int) -> String { program.shape.names?[row] ?? "row \(row)" }

  /// Attacks one row.
  func attack(_ index: Int, using generator: inout SeededGenerator) -> AttackOutcome {
    let offsets = [Field.one, .random(using: &generator)]
    guard case .row(let row) = program.steps[Int(program.stepOfRow[index])] else {
      return offsets.lazy.map { run(leavingOut: index, offset: $0) }.first { $0 != .survived } ?? .survived
    }
    if let place = program.elements.firstIndex(where: { ($0.firstRow..<$0.firstRow + 4).contains(index) }) {
      return attackElement(place, row: index - program.elements[place].firstRow)
    }
    if let fold = program.folds.firstIndex(where: { $0.rows.contains(index) }) {
      return attackFold(fold, row: program.folds[fold].rows.firstIndex(of: index) ?? 0)
    }
    if row.target != nil {
      return offsets.lazy.map { run(leavingOut: index, offset: $0) }.first { $0 != .survived } ?? .survived
    }
    let label = name(index)
    if label.hasSuffix("at most a constant") { return attackBound(row) }
    if label.hasSuffix("C1 differs from +-alpha C2") { return attackEqualPoints(row) }
    if label.hasPrefix("tokens: ") { return attackTokens(index, using: &generator) }
    if let outcome = attackBits(row, using: &generator), outcome != .survived { return outcome }
    if let column = solvedColumns[index] {
      for offset in offsets {
        let outcome = run(leavingOut: index, forcing: [column: honest[column] + offset])
        if outcome != .survived { return outcome }
      }
    }
    return attackInputs(row, using: &generator)
  }

  // MARK: - One attempt

  /// Runs one attempt and judges it.
  func run(
    leavingOut row: Int, offset: Field = .zero, forcing forced: [Int: Field] = [:],
    challenges: [Int: Field] = [:], replacements: [Int: ([Field], [Field]) -> [Field]] = [:]
  ) -> AttackOutcome {
    var run = ProgramRun(program, from: honest, leavingOut: row, offset: offset, forcing: forced)
    run.challenges = challenges
    run.replacements = replacements
    guard run.run() else { return .survived }
    var others = Set(program.violations(run.z))
    guard others.remove(row) != nil, program.rangesHold(run.z), !isVacuous(row, run.z) else { return .survived }
    found.z = run.z
    if others.isEmpty { return .exploited }
    let isChosen = others.count <= challenges.count && others.allSatisfy { name($0).hasSuffix("sponge: product") }
    return isChosen ? .exploitedWithChosenChallenge : .survived
  }

  /// Whether a row could be made true by a trace variable that no other row reads: then its violation means nothing.
  private func isVacuous(_ index: Int, _ z: [Field]) -> Bool {
    guard case .row(let row) = program.steps[Int(program.stepOfRow[index])] else {
      guard case .block(let block) = program.steps[Int(program.stepOfRow[index])] else { return false }
      return program.occurrences[block.firstColumn + index - block.firstRow] == 1
    }
    func slope(_ column: Int) -> Field {
      func part(_ combination: Combination<Field>) -> (own: Field, all: Field) {
        combination.terms.reduce((.zero, .zero)) { sum, term in
          (
            sum.0 + (term.column == column ? term.coefficient : .zero), sum.1 + term.coefficient * z[term.column]
          )
        }
      }
      let (a, b, c) = (part(row.a), part(row.b), part(row.c))
      return a.own * b.all + a.all * b.own - c.own
    }
    return row.columns.contains {
      $0 >= program.traceStart && program.occurrences[$0] == 1 && !slope($0).isZero
    }
  }

  // MARK: - Checks of inputs

  /// Moves values nothing determines.
  private func attackInputs(_ row: ProgramRow<Field>, using generator: inout SeededGenerator) -> AttackOutcome {
    let hinted = row.columns.filter { column in
      guard column > 0, program.definitions[column] >= 0 else { return false }
      if case .hint = program.steps[Int(program.definitions[column])] { return true }
      return false
    }
    for column in hinted.prefix(4) + program.freeColumns(of: row).prefix(24) {
      let value = honest[column]
      for other in [value + .one, Field.one + .one, .zero, value - .one, .random(using: &generator)]
      where other != value {
        let outcome = run(leavingOut: row.index, forcing: [column: other])
        if outcome != .survived { return outcome }
      }
    }
    return .survived
  }

  // MARK: - Bits

  /// The hint that gives the bits a row reads.
  private func bits(of row: ProgramRow<Field>) -> (step: Int, hint: ProgramHint<Field>)? {
    for column in row.columns where column > 0 {
      let step = Int(program.definitions[column])
      if step >= 0, case .hint(let hint) = program.steps[step], case .bits = hint.rule { return (step, hint) }
    }
    return nil
  }

  /// The row that says what bits add up to.
  private func sumRow(of hint: (step: Int, hint: ProgramHint<Field>)) -> ProgramRow<Field>? {
    for step in program.steps[hint.step...].prefix(2 * hint.hint.outputs.count + 2) {
      if case .row(let row) = step, row.a.terms.isEmpty, row.columns.contains(hint.hint.outputs.lowerBound) {
        return row
      }
    }
    return nil
  }

  /// A bit that is none while its number stays, or bits of another number.
  private func attackBits(_ row: ProgramRow<Field>, using generator: inout SeededGenerator) -> AttackOutcome? {
    guard let found = bits(of: row), let sum = sumRow(of: found) else { return nil }
    let outputs = found.hint.outputs
    if row.index == sum.index {
      for column in outputs.prefix(8) {
        let outcome = run(leavingOut: row.index, forcing: [column: .one - honest[column]])
        if outcome != .survived { return outcome }
      }
      return .survived
    }
    guard !row.a.terms.isEmpty, let column = row.columns.first(where: { outputs.contains($0) }) else { return nil }
    func weight(_ column: Int) -> Field { sum.c.terms.first { $0.column == column }?.coefficient ?? .zero }
    guard let inverse = weight(column).inverse() else { return nil }
    for other in outputs.shuffled(using: &generator).prefix(8) where other != column {
      let flipped = Field.one - honest[other]
      let value = honest[column] - (flipped - honest[other]) * weight(other) * inverse
      let outcome = run(leavingOut: row.index, forcing: [other: flipped, column: value])
      if outcome != .survived { return outcome }
    }
    return .survived
  }

  /// A number that agrees with the bound down to this run of zeros, where it has a one.
  private func attackBound(_ row: ProgramRow<Field>) -> AttackOutcome {
    let place = Int(program.stepOfRow[row.index])
    var runs = 0
    var step = place
    var found: ProgramHint<Field>?
    while step > 0, found == nil {
      step -= 1
      if case .row(let row) = program.steps[step], name(row.index).hasSuffix("at most a constant") { runs += 1 }
      if case .hint(let hint) = program.steps[step], case .bits = hint.rule { found = hint }
    }
    guard let hint = found else { return .survived }
    let count = hint.outputs.count
    let bound = count == 254 ? Digits16.r - 1 : BigInteger(lastToken)
    let one = BigInteger(1)
    var number = BigInteger(0)
    var bit = count
    for run in 0...runs {
      while bit > 0, (bound >> (bit - 1)).modulo(2) == one {
        bit -= 1
        number = number + one << bit
      }
      while bit > 0, (bound >> (bit - 1)).modulo(2) != one { bit -= 1 }
      if run == runs { number = number + one << bit }
    }
    // Below, a zero where the bound has a one, then anything: here digits of a third, since a challenge whose low half is 0 folds
    // nothing, for which point addition has no case.
    if count == 254 && bit > 1 { number = number + (one << (bit - 1)).floorQuotient(dividingBy: 3) }
    var forced: [Int: Field] = [:]
    for (place, column) in hint.outputs.enumerated() {
      forced[column] = (number >> place).modulo(2) == one ? .one : .zero
    }
    if count == 254 {
      return run(leavingOut: row.index, forcing: forced, challenges: [step: Field(number)])
    }
    guard let value = hint.inputs[0].single else { return .survived }
    forced[value] = Field(number)
    return run(leavingOut: row.index, forcing: forced)
  }

  // MARK: - Points

  /// C1 = alpha C2: then any slope proves any sum.
  private func attackEqualPoints(_ row: ProgramRow<Field>) -> AttackOutcome {
    // inverse (multiple.x - running.x) = 1; a point's coordinates are neighbours.
    guard let multiple = row.b.terms.first(where: { $0.coefficient == .one })?.column,
      let running = row.b.terms.first(where: { $0.coefficient == -.one })?.column,
      let inverse = row.a.single
    else { return .survived }
    let forced = [
      running: honest[multiple], running + 1: honest[multiple + 1], inverse: Field.zero, inverse + 1: .one + .one,
    ]
    let outcome = run(leavingOut: row.index, forcing: forced)
    guard outcome == .survived, let step = factorBits, case .hint(let bits) = program.steps[step] else {
      return outcome
    }
    // Where the challenge depends on C1, it is chosen to be what it was.
    let challenge = bits.inputs[0].terms.reduce(Field.zero) { $0 + $1.coefficient * honest[$1.column] }
    return run(leavingOut: row.index, forcing: forced, challenges: [step: challenge])
  }

  /// Whether a row says nothing: 0 = 0, also because another row equates a variable to a constant; or it defines a variable that no
  /// other row reads.
  func saysNothing(_ index: Int) -> Bool {
    guard case .row(let row) = program.steps[Int(program.stepOfRow[index])] else { return false }
    if let target = row.target { return target >= program.traceStart && program.occurrences[target] == 1 }
    if row.c.terms.isEmpty && (row.a.terms.isEmpty || row.b.terms.isEmpty) { return true }
    let equated = program.equations.contains { $0.row != index && row.columns.contains($0.column) }
    return equated && isImplied(index)
  }
}
