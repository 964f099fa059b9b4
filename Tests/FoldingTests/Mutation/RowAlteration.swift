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
      let number = BigInteger(BaseField.random(using: &generator))
      for (offset, digit) in (Digits16.element(number) as [Field]).enumerated() {
        forced[element.digits + offset] = digit
      }
    }
    var run = ProgramRun(program, from: honest, leavingOut: -1, forcing: forced)
    return run.run() && program.violations(run.z).isEmpty ? run.z : nil
  }

  /// A random change of a row that has a term to be changed.
  func alteration(of row: Int, using generator: inout SeededGenerator) -> RowAlteration<Field>? {
    let sides = terms(of: row, at: honest)
    let filled = sides.indices.filter { !sides[$0].isEmpty }
    guard let side = filled.randomElement(using: &generator),
      let change = RowAlteration<Field>.Change.allCases.randomElement(using: &generator)
    else { return nil }
    return RowAlteration(
      row: row, change: change, side: side, term: Int.random(in: sides[side].indices, using: &generator),
      column: Int.random(in: program.traceStart..<program.columnCount, using: &generator))
  }

  /// Whether an altered row has the solutions of the row: a factor of a product that is 0, or a multiple of a sum of one term.
  func saysTheSame(_ alteration: RowAlteration<Field>) -> Bool {
    let sides = terms(of: alteration.row, at: honest)
    guard alteration.change == .coefficient, sides[alteration.side].count == 1 else { return false }
    let isMultiple = !(sides[alteration.side][0].coefficient + .one).isZero
    return isMultiple && (alteration.side == 2 ? sides[0].isEmpty || sides[1].isEmpty : sides[2].isEmpty)
  }

  /// Whether the altered row accepts what the row alone refuses.
  func acceptsMore(_ alteration: RowAlteration<Field>, using generator: inout SeededGenerator) -> Bool {
    found.forget()
    return attack(alteration.row, using: &generator) != .survived && found.z.map { accepts(alteration, $0) } == true
  }

  /// Whether a satisfying list of all values satisfies the altered row, too.
  func accepts(_ alteration: RowAlteration<Field>, _ z: [Field]) -> Bool {
    let sides = terms(of: alteration.row, at: z)
    var sums = sides.map { $0.reduce(Field.zero) { $0 + $1.coefficient * $1.value } }
    let term = sides[alteration.side][alteration.term]
    switch alteration.change {
    case .coefficient: sums[alteration.side] += term.value
    case .variable: sums[alteration.side] += term.coefficient * (z[alteration.column] - term.value)
    case .term: sums[alteration.side] -= term.coefficient * term.value
    case .constant: sums[alteration.side] += z[0]
    }
    return sums[0] * sums[1] == sums[2]
  }

  /// The terms of a row's sides with the values of their variables.
  private func terms(of index: Int, at z: [Field]) -> [[(coefficient: Field, value: Field)]] {
    switch program.steps[Int(program.stepOfRow[index])] {
    case .row(let row):
      return [row.a, row.b, row.c].map { $0.terms.map { ($0.coefficient, z[$0.column]) } }
    case .block(let block):
      let template = program.shape.templates[program.shape.blocks[block.number].template]
      let row = template.rows[index - block.firstRow]
      let matrix = template.combinations
      return [row.a, row.b, row.c].map { combination in
        (Int(matrix.rowStarts[Int(combination)])..<Int(matrix.rowStarts[Int(combination) + 1])).map { entry in
          let column = Int(matrix.columns[entry])
          let value: Field
          if column == 0 {
            value = z[0]
          } else if column <= block.inputs.count {
            value = block.inputs[column - 1].terms.reduce(.zero) { $0 + $1.coefficient * z[$1.column] }
          } else {
            value = z[block.firstColumn + column - 1 - block.inputs.count]
          }
          return (matrix.coefficients[Int(matrix.coefficientIndices[entry])], value)
        }
      }
    default: return [[], [], []]
    }
  }
}
