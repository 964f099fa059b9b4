import Algebra
import ConstraintSystem

/// A linear combination of columns, by their places in a flat list of all values.
struct Combination<Field: PrimeField> {
  /// Columns and coefficients.
  var terms: [(column: Int, coefficient: Field)]

  /// The column, when there is one term and it is 1 times it.
  var single: Int? { terms.count == 1 && terms[0].coefficient == .one ? terms[0].column : nil }
}

/// One row outside blocks.
struct ProgramRow<Field: PrimeField> {
  /// Its index among all rows.
  let index: Int
  /// The two factors and the product.
  let a: Combination<Field>, b: Combination<Field>, c: Combination<Field>
  /// The column the row defines, which occurs in the product with coefficient 1; nil for a check.
  let target: Int?

  /// The columns, some of them perhaps twice.
  var columns: [Int] { [a, b, c].flatMap { $0.terms.map(\.column) } }

  /// The variable the row equates to a constant: its only one, which is not squared; of a product with nothing in one factor the other
  /// does not matter.
  var equation: (column: Int, value: Field)? {
    let isLinear = a.terms.isEmpty || b.terms.isEmpty
    let own = Set(isLinear ? c.terms.map(\.column) : columns).subtracting([0])
    guard own.count == 1, let column = own.first else { return nil }
    func residual(_ value: Field) -> Field {
      func side(_ combination: Combination<Field>) -> Field {
        combination.terms.reduce(.zero) { $0 + $1.coefficient * ($1.column == 0 ? .one : value) }
      }
      return (isLinear ? .zero : side(a) * side(b)) - side(c)
    }
    let (zero, one, two) = (residual(.zero), residual(.one), residual(.one + .one))
    guard two - one == one - zero, let inverse = (one - zero).inverse() else { return nil }
    return (column, -zero * inverse)
  }
}

/// What computes columns that no row defines.
struct ProgramHint<Field: PrimeField> {
  /// What it reads.
  let inputs: [Combination<Field>]
  /// What it writes.
  let outputs: Range<Int>
  /// The computation.
  let rule: HintRule
}

/// One occurrence of a template.
struct ProgramBlock<Field: PrimeField> {
  /// Its number among the blocks.
  let number: Int
  /// The index of its first row.
  let firstRow: Int
  /// What it reads.
  let inputs: [Combination<Field>]
  /// The first of its own columns, one a row.
  let firstColumn: Int
  /// Its columns for given inputs.
  let compute: ([Field]) -> [Field]
}

/// One step of the text of a circuit.
enum ProgramStep<Field: PrimeField> {
  /// Values nothing determines: messages, and what a prover is asked for.
  case input(Range<Int>)
  /// Values computed beside the rows.
  case hint(ProgramHint<Field>)
  /// Values of a ladder, each solved from the first row that has no other unknown.
  case ladder(Range<Int>)
  /// A row.
  case row(ProgramRow<Field>)
  /// A block.
  case block(ProgramBlock<Field>)
}

/// A circuit as its text: rows and what computes a witness, in order.
///
/// The list of all values is: public columns, the values segment, the trace.
struct CircuitProgram<Field: PrimeField & LinearElement> where Field.Field == Field {
  /// The rows.
  let shape: ConstraintShape<Field>
  /// The text.
  let steps: [ProgramStep<Field>]
  /// The length of the values segment.
  let valuesCount: Int
  /// The columns of range-checked digits.
  let digits: Range<Int>
  /// The width of a digit.
  let digitBits: Int
  /// The elements of Fq and their folds.
  let elements: [LimbedColumns], folds: [FoldColumns<Field>]
  /// The step in which a column gets its value; -1 for committed values.
  let definitions: [Int32]
  /// In how many rows, or inputs of blocks, a column occurs.
  let occurrences: [Int32]
  /// Columns solved like those of ladders though they are public.
  let solvedPublics: Set<Int>
  /// The step of a row outside blocks; of a block's rows the block's.
  let stepOfRow: [Int32]
  /// Rows that equate one variable to a constant.
  let equations: [(row: Int, column: Int, value: Field)]

  /// The number of all values.
  var columnCount: Int { definitions.count }
  /// Where the trace starts.
  var traceStart: Int { shape.publicCount + valuesCount }

  /// The program a recorder has heard.
  init(_ recorder: Recorder<Field>, solvedPublics: Set<Int> = []) {
    shape = recorder.builder.finish()
    steps = recorder.steps
    valuesCount = recorder.valuesCount
    let start = shape.publicCount + recorder.builder.layout.limbs.lowerBound
    digits = start..<start + recorder.builder.digitCount
    digitBits = recorder.digitBits
    elements = recorder.elements
    folds = recorder.folds
    self.solvedPublics = solvedPublics
    let count = shape.publicCount + valuesCount + shape.traceCount
    var definitions = [Int32](repeating: -1, count: count)
    var occurrences = [Int32](repeating: 0, count: count)
    var stepOfRow = [Int32](repeating: -1, count: shape.rowCount)
    for (step, content) in steps.enumerated() {
      switch content {
      case .input(let columns), .ladder(let columns): for column in columns { definitions[column] = Int32(step) }
      case .hint(let hint): for column in hint.outputs { definitions[column] = Int32(step) }
      case .row(let row):
        stepOfRow[row.index] = Int32(step)
        if let target = row.target { definitions[target] = Int32(step) }
        for column in Set(row.columns) { occurrences[column] += 1 }
      case .block(let block):
        let template = shape.templates[shape.blocks[block.number].template]
        for input in block.inputs { for term in input.terms { occurrences[term.column] += 1 } }
        for (place, row) in template.rows.enumerated() {
          stepOfRow[block.firstRow + place] = Int32(step)
          definitions[block.firstColumn + place] = Int32(step)
          var own: Set<UInt32> = []
          for combination in [row.a, row.b, row.c] { own.formUnion(template.combinations.columns(of: combination)) }
          for column in own where column > template.inputCount {
            occurrences[block.firstColumn + Int(column) - 1 - template.inputCount] += 1
          }
        }
      }
    }
    self.definitions = definitions
    self.occurrences = occurrences
    self.stepOfRow = stepOfRow
    equations = steps.compactMap { step in
      guard case .row(let row) = step else { return nil }
      return row.equation.map { (row.index, $0.column, $0.value) }
    }
  }

  /// The rows a list of all values violates.
  func violations(_ z: [Field]) -> [Int] {
    let products = shape.multiply(
      values: Array(z[shape.publicCount..<traceStart]), trace: Array(z[traceStart...]),
      publics: Array(z[..<shape.publicCount]))
    return (0..<shape.rowCount).filter { products.a[$0] * products.b[$0] != z[0] * products.c[$0] }
  }

  /// Whether every digit is one, and every other committed value that occurs in rows a small integer.
  func rangesHold(_ z: [Field]) -> Bool {
    let bound = UInt64(1) << UInt64(digitBits)
    return shape.valueOffsets.allSatisfy { offset in
      let column = shape.publicCount + Int(offset)
      let limbs = z[column].canonicalLimbs
      let isSmall = limbs.1 | limbs.2 | limbs.3 == 0
      return isSmall && limbs.0 < (digits.contains(column) ? bound : 1 << 62)
    }
  }
}

extension SparseMatrix {
  /// The columns of a row.
  func columns(of row: UInt32) -> ArraySlice<UInt32> {
    columns[Int(rowStarts[Int(row)])..<Int(rowStarts[Int(row) + 1])]
  }
}

/// Where an element of Fq of 16-bit digits stands: 16 digits of it, 16 of its complement.
struct LimbedColumns {
  /// The first digit.
  let digits: Int
  /// The first of four rows: low half, high half, low halves add up, high halves add up.
  let firstRow: Int
  /// The column of the low half; that of the high half follows.
  let low: Int
}

/// Where the fold of two elements of Fq stands.
struct FoldColumns<Field: PrimeField> {
  /// Halves of both elements, and the factor.
  let inputs: [Combination<Field>]
  /// The index of the result among the elements.
  let result: Int
  /// The steps that compute result, quotient and the two carries.
  var hints: [Int]
  /// The three rows: modulo r, low limb, high limb.
  var rows: [Int]
}
