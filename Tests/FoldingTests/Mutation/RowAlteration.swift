import Algebra
import ConstraintSystem
import Support

/// One change of one row.
struct RowAlteration<Field: PrimeField> {
  /// What is changed.
  enum Change: CaseIterable {
    /// The coefficient of a term, by 1.
    case coefficient
    /// The variable of a term, for another one.
    case variable
    /// A term, which is left out.
    case term
    /// The constant of a side, by 1.
    case constant
  }

  let row: Int
  let change: Change
  /// A, B or C, and the place of the term.
  let side: Int, term: Int
  /// The variable that takes the place of another.
  let column: Int
}

extension RowAttack {
  /// Another satisfying list of all values, with another text and other challenges throughout.
  func otherHonest(_ columns: [Int], using generator: inout SeededGenerator) -> [Field]? {
    var forced = otherText(using: &generator)
    for column in columns { forced[column] = .random(using: &generator) }
    let results = Set(program.folds.map(\.result))
    for (place, element) in program.elements.enumerated() where !results.contains(place) {
      // Also close below q, where even a sum with 1 wraps around.
      let near = Int.random(in: 0..<4, using: &generator) == 0
      let number =
        near
        ? Digits16.q - 1 - BigInteger(Int.random(in: 0...1 << 40, using: &generator))
        : BigInteger(BaseField.random(using: &generator))
      for (offset, digit) in (Digits16.element(number) as [Field]).enumerated() {
        forced[element.digits + offset] = digit
      }
    }
    var run = ProgramRun(program, from: honest, leavingOut: -1, forcing: forced)
    return run.run() && program.violations(run.z).isEmpty ? run.z : nil
  }

  /// A satisfying list of all values with another text and other challenges throughout, which hang on the first message, the state
  /// before, and on the last of several, the step's own commitments.
  func redrawn(using generator: inout SeededGenerator) -> [Field]? {
    let inputs = program.steps.compactMap { step in if case .input(let columns) = step { columns } else { nil } }
    guard let state = inputs.first, let own = inputs.last(where: { $0.count > 1 }) else { return nil }
    return otherHonest([state.lowerBound + 1, own.lowerBound], using: &generator)
  }

  /// What is changed, to be read: the row's terms with their honest values.
  func text(of alteration: RowAlteration<Field>) -> String {
    let sides = terms(of: alteration.row).map { side in
      side.prefix(6).map { term in
        let columns = term.combination.terms.map { "z\($0.column) = \(honest[$0.column])" }
        return "\(term.coefficient) (\(columns.joined(separator: ", ")))"
      }.joined(separator: " + ")
    }
    return "\(alteration.change) \(alteration.term) of side \(alteration.side) of row \(alteration.row): \(sides)"
  }

  /// A random change of a row that has a term to be changed.
  func alteration(of row: Int, using generator: inout SeededGenerator) -> RowAlteration<Field>? {
    let sides = terms(of: row)
    let filled = sides.indices.filter { !sides[$0].isEmpty }
    guard let side = filled.randomElement(using: &generator),
      let change = RowAlteration<Field>.Change.allCases.randomElement(using: &generator)
    else { return nil }
    return RowAlteration(
      row: row, change: change, side: side, term: Int.random(in: sides[side].indices, using: &generator),
      column: Int.random(in: program.traceStart..<program.columnCount, using: &generator))
  }

  /// Whether an altered row has the solutions of the row, given the variables that another row equates to a constant: A B - u C
  /// is the same up to a factor.
  func saysTheSame(_ alteration: RowAlteration<Field>) -> Bool {
    var sides = terms(of: alteration.row)
    let fixed = constants(without: alteration.row)
    let before = polynomial(sides, fixed)
    switch alteration.change {
    case .coefficient: sides[alteration.side][alteration.term].coefficient += .one
    case .variable:
      sides[alteration.side][alteration.term].combination = Combination(terms: [(alteration.column, .one)])
    case .term: sides[alteration.side].remove(at: alteration.term)
    case .constant: sides[alteration.side].append(RowTerm(coefficient: .one, combination: Self.unit))
    }
    let after = polynomial(sides, fixed)
    guard let (pair, coefficient) = before.first, let inverse = coefficient.inverse() else { return after.isEmpty }
    guard before.count == after.count, let other = after[pair] else { return false }
    let factor = other * inverse
    return before.allSatisfy { pair, coefficient in after[pair] == factor * coefficient }
  }

  /// Whether the altered row accepts what the row alone refuses.
  func acceptsMore(_ alteration: RowAlteration<Field>, using generator: inout SeededGenerator) -> Bool {
    found.forget()
    return attack(alteration.row, using: &generator) != .survived && found.z.map { accepts(alteration, $0) } == true
  }

  /// Whether a satisfying list of all values is refused by the altered row, in which one of the values that this row depends on is
  /// moved.
  func refusesMoved(_ alteration: RowAlteration<Field>, using generator: inout SeededGenerator) -> Bool {
    let own = terms(of: alteration.row).flatMap { $0 }.flatMap { $0.combination.terms.map(\.column) }
    for column in (own + program.freeColumns(reaching: own)).filter({ program.isFree($0) }).prefix(24) {
      var run = ProgramRun(program, from: honest, leavingOut: -1, forcing: [column: .random(using: &generator)])
      if run.run() && program.violations(run.z).isEmpty && !accepts(alteration, run.z) { return true }
    }
    return false
  }

  /// Whether a satisfying list of all values satisfies the altered row, too.
  func accepts(_ alteration: RowAlteration<Field>, _ z: [Field]) -> Bool {
    func value(_ term: RowTerm<Field>) -> Field {
      term.combination.terms.reduce(.zero) { $0 + $1.coefficient * z[$1.column] }
    }
    let sides = terms(of: alteration.row)
    var sums = sides.map { $0.reduce(Field.zero) { $0 + $1.coefficient * value($1) } }
    let term = sides[alteration.side][alteration.term]
    switch alteration.change {
    case .coefficient: sums[alteration.side] += value(term)
    case .variable: sums[alteration.side] += term.coefficient * (z[alteration.column] - value(term))
    case .term: sums[alteration.side] -= term.coefficient * value(term)
    case .constant: sums[alteration.side] += z[0]
    }
    return sums[0] * sums[1] == z[0] * sums[2]
  }

  // MARK: - Rows as polynomials

  /// Whether a row is 0 = 0, given the variables that another row equates to a constant.
  func isImplied(_ index: Int) -> Bool { polynomial(terms(of: index), constants(without: index)).isEmpty }

  private static var unit: Combination<Field> { Combination(terms: [(0, .one)]) }

  /// The variables that some row but this one equates to a constant, with it.
  private func constants(without row: Int) -> [Int: Field] {
    var found: [Int: Field] = [:]
    for equation in program.equations where equation.row != row { found[equation.column] = equation.value }
    return found
  }

  /// A B - u C, by pairs of columns of which one may be 0, that of u.
  private func polynomial(_ sides: [[RowTerm<Field>]], _ fixed: [Int: Field]) -> [ColumnPair: Field] {
    let flat = sides.map { side in
      var sum: [Int: Field] = [:]
      for term in side {
        for own in term.combination.terms {
          let constant = fixed[own.column]
          sum[constant == nil ? own.column : 0, default: .zero] +=
            term.coefficient * own.coefficient * (constant ?? .one)
        }
      }
      return sum
    }
    var product: [ColumnPair: Field] = [:]
    for (a, left) in flat[0] {
      for (b, right) in flat[1] { product[ColumnPair(a, b), default: .zero] += left * right }
    }
    for (c, coefficient) in flat[2] { product[ColumnPair(0, c), default: .zero] -= coefficient }
    return product.filter { !$0.value.isZero }
  }

  /// The terms of a row's sides; of a block's row inputs stand for what they are.
  private func terms(of index: Int) -> [[RowTerm<Field>]] {
    switch program.steps[Int(program.stepOfRow[index])] {
    case .row(let row):
      return [row.a, row.b, row.c].map { side in
        side.terms.map { RowTerm(coefficient: $0.coefficient, combination: Combination(terms: [($0.column, .one)])) }
      }
    case .block(let block):
      let template = program.shape.templates[program.shape.blocks[block.number].template]
      let row = template.rows[index - block.firstRow]
      let matrix = template.combinations
      return [row.a, row.b, row.c].map { combination in
        (Int(matrix.rowStarts[Int(combination)])..<Int(matrix.rowStarts[Int(combination) + 1])).map { entry in
          let column = Int(matrix.columns[entry])
          let coefficient = matrix.coefficients[Int(matrix.coefficientIndices[entry])]
          guard column > 0 else { return RowTerm(coefficient: coefficient, combination: Self.unit) }
          guard column > block.inputs.count else {
            return RowTerm(coefficient: coefficient, combination: block.inputs[column - 1])
          }
          let own = block.firstColumn + column - 1 - block.inputs.count
          return RowTerm(coefficient: coefficient, combination: Combination(terms: [(own, .one)]))
        }
      }
    default: return [[], [], []]
    }
  }
}

/// A term of a side of a row: a coefficient times a variable, or times what a block reads in its place.
private struct RowTerm<Field: PrimeField> {
  var coefficient: Field
  var combination: Combination<Field>
}

/// Two columns in any order.
private struct ColumnPair: Hashable {
  let low: Int, high: Int

  init(_ a: Int, _ b: Int) { (low, high) = (min(a, b), max(a, b)) }
}
