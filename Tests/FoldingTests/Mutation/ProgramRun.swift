import Algebra
import ConstraintSystem

/// A witness recomputed after some values were chosen otherwise, with one row left out.
///
/// Everything follows from the chosen values as the text says; where a check fails, a value nothing determines is moved so that
/// it holds. Whether all rows but the one hold in the end is for `CircuitProgram.violations` to say.
struct ProgramRun<Field: PrimeField & LinearElement> where Field.Field == Field {
  let program: CircuitProgram<Field>
  /// All values.
  private(set) var z: [Field]
  /// The row that need not hold.
  let excluded: Int
  /// What is added to the value the left-out row would define.
  let offset: Field
  /// Columns with values of the attacker's choice.
  let forced: [Int: Field]
  /// What hints compute instead, given their inputs and all values.
  var replacements: [Int: ([Field], [Field]) -> [Field]] = [:]
  /// Challenges of the attacker's choice, by the step that takes their bits; a row of the sponge is violated for each.
  var challenges: [Int: Field] = [:]
  /// Columns that keep their values.
  var kept: Set<Int> = []

  private var isDirty: [Bool]
  private var isForced: [Bool]
  private var unknown: Set<Int> = []
  private var fuel = 300

  /// A run from a satisfying list of all values.
  init(
    _ program: CircuitProgram<Field>, from z: [Field], leavingOut row: Int, offset: Field = .zero,
    forcing forced: [Int: Field] = [:]
  ) {
    self.program = program
    self.z = z
    excluded = row
    self.offset = offset
    self.forced = forced
    isDirty = [Bool](repeating: false, count: z.count)
    isForced = isDirty
  }

  /// Computes all values; false when a check fails that nothing repairs.
  mutating func run() -> Bool {
    for (column, value) in forced {
      isForced[column] = true
      set(column, value)
    }
    var place = 0
    while place < program.steps.count {
      guard execute(place) else {
        guard let earlier = repair(place) else { return false }
        place = earlier
        continue
      }
      place += 1
    }
    return unknown.isEmpty
  }

  // MARK: - Values

  private mutating func set(_ column: Int, _ value: Field) {
    if z[column] != value {
      z[column] = value
      isDirty[column] = true
    }
  }

  private mutating func assign(_ column: Int, _ value: Field) {
    if !isForced[column] { set(column, value) }
  }

  private func value(_ combination: Combination<Field>) -> Field {
    var sum = Field.zero
    for term in combination.terms { sum += term.coefficient * z[term.column] }
    return sum
  }

  private func touches(_ combination: Combination<Field>) -> Bool {
    for term in combination.terms where isDirty[term.column] { return true }
    return false
  }

  private func touches(_ row: ProgramRow<Field>) -> Bool { touches(row.a) || touches(row.b) || touches(row.c) }

  /// a b - u c.
  private func residual(_ row: ProgramRow<Field>) -> Field { value(row.a) * value(row.b) - z[0] * value(row.c) }

  // MARK: - Steps

  /// Executes a step; false when a check fails.
  private mutating func execute(_ place: Int) -> Bool {
    switch program.steps[place] {
    case .input: return true
    case .hint(let hint):
      if let challenge = challenges[place] { choose(challenge, for: hint.inputs[0]) }
      let replacement = replacements[place]
      guard replacement != nil || hint.inputs.contains(where: touches) else { return true }
      let inputs = hint.inputs.map(value)
      let outputs = replacement?(inputs, z) ?? hint.rule.compute(inputs, count: hint.outputs.count)
      for (column, value) in zip(hint.outputs, outputs) { assign(column, value) }
      return true
    case .ladder(let columns):
      for column in columns where !isForced[column] { unknown.insert(column) }
      for column in program.solvedPublics where !isForced[column] { unknown.insert(column) }
      return true
    case .row(let row): return execute(row)
    case .block(let block):
      execute(block)
      return true
    }
  }

  private mutating func execute(_ row: ProgramRow<Field>) -> Bool {
    if let target = row.target {
      let isExcluded = row.index == excluded
      guard touches(row) || isExcluded else { return true }
      guard !isForced[target] else { return isExcluded || residual(row).isZero }
      // The target's coefficient in c is 1.
      let proper = z[target] + residual(row)
      set(target, isExcluded ? proper + offset : proper)
      return true
    }
    guard row.index != excluded else { return true }
    if !unknown.isEmpty {
      let open = Set(row.columns.filter { unknown.contains($0) })
      if open.count == 1, let column = open.first { return solve(row, for: column) }
      if open.count > 1 { return false }
    }
    return !touches(row) || residual(row).isZero
  }

  private mutating func solve(_ row: ProgramRow<Field>, for column: Int) -> Bool {
    unknown.remove(column)
    let before = z[column]
    func at(_ value: Field) -> Field {
      z[column] = value
      return residual(row)
    }
    let (zero, one, two) = (at(.zero), at(.one), at(Field.one + .one))
    z[column] = before
    let slope = one - zero
    guard two - one == slope else { return false }
    guard let inverse = slope.inverse() else { return zero.isZero }
    set(column, -zero * inverse)
    return true
  }

  private mutating func execute(_ block: ProgramBlock<Field>) {
    let template = program.shape.templates[program.shape.blocks[block.number].template]
    let rows = block.firstRow..<block.firstRow + template.rows.count
    let columns = block.firstColumn..<block.firstColumn + template.traceCount
    guard rows.contains(excluded) else {
      guard block.inputs.contains(where: touches) else { return }
      let own = block.compute(block.inputs.map(value))
      for (column, value) in zip(columns, own) { assign(column, value) }
      return
    }
    let inputs = block.inputs.map(value)
    func product(_ combination: UInt32) -> Field {
      let matrix = template.combinations
      var sum = Field.zero
      for entry in Int(matrix.rowStarts[Int(combination)])..<Int(matrix.rowStarts[Int(combination) + 1]) {
        let column = Int(matrix.columns[entry])
        let coefficient = matrix.coefficients[Int(matrix.coefficientIndices[entry])]
        let value =
          column == 0
          ? z[0] : column <= inputs.count ? inputs[column - 1] : z[block.firstColumn + column - 1 - inputs.count]
        sum += coefficient * value
      }
      return sum
    }
    for (place, row) in template.rows.enumerated() {
      let proper = product(row.a) * product(row.b)
      assign(columns.lowerBound + place, rows.lowerBound + place == excluded ? proper + offset : proper)
    }
  }

  /// Gives a challenge the value wanted, by the last column it is made of.
  private mutating func choose(_ challenge: Field, for combination: Combination<Field>) {
    guard let term = combination.terms.max(by: { $0.column < $1.column }),
      let inverse = term.coefficient.inverse()
    else { return }
    set(term.column, z[term.column] + (challenge - value(combination)) * inverse)
  }

  // MARK: - Repairs

  /// Makes a failing check hold by moving a value nothing determines; returns the step from which to go on.
  private mutating func repair(_ place: Int) -> Int? {
    guard case .row(let row) = program.steps[place], row.target == nil, fuel > 0 else { return nil }
    fuel -= 1
    for column in program.freeColumns(of: row).prefix(12)
    where !isForced[column] && !kept.contains(column) {
      let start = Int(program.definitions[column])
      let (before, wrong) = (z[column], residual(row))
      func attempt(_ value: Field) -> Field {
        set(column, value)
        isDirty[column] = true
        for step in start + 1..<max(place, start + 1) { _ = execute(step) }
        return residual(row)
      }
      let slope = attempt(before + .one) - wrong
      if let inverse = slope.inverse() {
        let value = before - wrong * inverse
        if attempt(value).isZero && isAllowed(column, value) { return start + 1 }
      }
      _ = attempt(before)
    }
    return nil
  }

  private func isAllowed(_ column: Int, _ value: Field) -> Bool {
    guard (program.shape.publicCount..<program.traceStart).contains(column) else { return true }
    let limbs = value.canonicalLimbs
    return limbs.1 | limbs.2 | limbs.3 == 0
      && limbs.0 < (program.digits.contains(column) ? UInt64(1) << UInt64(program.digitBits) : 1 << 62)
  }
}

extension CircuitProgram {
  /// The columns nothing determines on which a row depends otherwise than through blocks and hints, latest first.
  func freeColumns(of row: ProgramRow<Field>) -> [Int] { freeColumns(reaching: row.columns) }

  /// The columns nothing determines on which these depend otherwise than through blocks and hints, latest first.
  func freeColumns(reaching columns: [Int]) -> [Int] {
    var seen = Set(columns)
    var open = Array(seen)
    var found: [Int] = []
    while let column = open.popLast(), seen.count < 4000 {
      let definition = Int(definitions[column])
      guard definition >= 0 else {
        if column > 0 { found.append(column) }
        continue
      }
      switch steps[definition] {
      case .input: found.append(column)
      case .row(let row): for next in row.columns where seen.insert(next).inserted { open.append(next) }
      default: break
      }
    }
    return found.sorted(by: >)
  }

  /// Whether nothing determines a column of the trace: a message, or what a prover is asked for.
  func isFree(_ column: Int) -> Bool {
    guard column >= traceStart, case .input = steps[Int(definitions[column])] else { return false }
    return true
  }
}
