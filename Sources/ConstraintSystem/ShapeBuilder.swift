package import Algebra

/// The shape world: elements are linear combinations of columns, and every check becomes a row.
///
/// A row is A z * B z = u C z. A product has all three sides; a linear row has only the third: 0 = u C z.
package struct ShapeBuilder<Field: PrimeField>: CircuitArithmetic {
  /// An element is a linear combination of columns.
  package typealias Element = LinearCombination<Field>

  /// What the witness world must share.
  package let layout: StepColumns
  /// The width in bits of a range-checked digit.
  package var digitBits: Int { layout.digitBits }
  /// The digits allocated so far.
  package private(set) var digitCount = 0
  /// The trace variables allocated so far.
  package private(set) var traceCount = 0

  private var combinations: [Element] = []
  private var indices: [Element: UInt32] = [:]
  private var rows: [ConstraintRow] = []
  private var names = RowNames()
  private var labels: [StaticString] = []
  private var templates: [RecordedBlock<Field>] = []
  private var templateIndices: [String: Int] = [:]
  private var blocks: [Block] = []

  /// An empty shape.
  package init(layout: StepColumns) { self.layout = layout }

  /// The rows so far, those of blocks included.
  package var rowCount: Int { labels.count }

  /// The shape recorded; every scope entered must have been left.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package func finish() -> ConstraintShape<Field> {
    precondition(names.isClosed, "Every scope entered is left.")
    return ConstraintShape(
      combinations: combinations, rows: rows, blocks: blocks, templates: templates.map(\.template),
      traceCount: traceCount, publicCount: layout.publicCount, names: names)
  }

  /// Rows by scope: every path in order of first visit with the rows inside it, those of inner scopes included.
  package var rowTable: [(scope: String, rows: Int)] { names.table }

  private mutating func newTraceVariable() -> Element {
    traceCount += 1
    return Element(Column(.trace, traceCount - 1))
  }

  private mutating func append(_ a: Element, _ b: Element, _ c: Element, _ label: StaticString) {
    rows.append(ConstraintRow(a: index(of: a), b: index(of: b), c: index(of: c)))
    name(label)
  }

  private mutating func name(_ label: StaticString) {
    labels.append(label)
    names.append(label)
  }

  private mutating func index(of combination: Element) -> UInt32 {
    if let index = indices[combination] { return index }
    let index = UInt32(combinations.count)
    combinations.append(combination)
    indices[combination] = index
    return index
  }

  /// A constant.
  package func constant(_ value: Field) -> Element { Element(constant: value) }

  /// The product: a row and a trace variable.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package mutating func multiply(_ left: Element, _ right: Element) -> Element {
    let product = newTraceVariable()
    append(left, right, product, "product")
    return product
  }

  /// A trace variable equal to `value`: a linear row.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package mutating func materialise(_ value: Element) -> Element {
    let variable = newTraceVariable()
    append(.zero, .zero, variable - value, "materialised value")
    return variable
  }

  /// A linear row.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package mutating func requireEqual(_ left: Element, _ right: Element, _ label: StaticString) throws {
    append(.zero, .zero, left - right, label)
  }

  /// A row.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package mutating func requireProduct(
    _ left: Element, _ right: Element, equals product: Element, _ label: StaticString
  ) throws {
    append(left, right, product, label)
  }

  /// `count` trace variables; nothing is computed.
  package mutating func advice(
    count: Int, from inputs: [Element], _ compute: ([Field]) throws -> [Field]
  ) throws -> [Element] {
    (0..<count).map { _ in newTraceVariable() }
  }

  /// A trace variable.
  package mutating func message() throws -> Element { newTraceVariable() }

  /// The next `count` columns of the limbs block, or `ConstraintError.digitOverflow` when it is full.
  package mutating func digits(
    count: Int, from inputs: [Element], _ compute: ([Field]) throws -> [UInt64]
  ) throws -> [Element] {
    guard digitCount + count <= layout.limbs.count else { throw ConstraintError.digitOverflow("the block of limbs") }
    let start = layout.limbs.lowerBound + digitCount
    digitCount += count
    return (start..<start + count).map { Element(Column(.values, $0)) }
  }

  /// The column at an offset of the values segment.
  package func committedValue(at offset: Int) -> Element { Element(Column(.values, offset)) }

  /// The public column at an index; index 0 is u.
  package func publicInput(_ index: Int) -> Element {
    precondition(index < layout.publicCount, "A public column of the layout.")
    return Element(Column(.publics, index))
  }

  /// A linear row.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package mutating func setPublic(_ index: Int, to value: Element, _ label: StaticString) throws {
    precondition(index >= 1, "u is not set by a circuit.")
    append(.zero, .zero, publicInput(index) - value, label)
  }

  /// A block: its rows are recorded the first time only.
  package mutating func repeated(
    _ name: StaticString, _ state: inout [Element], _ body: (inout Self, inout [Element]) -> Void
  ) {
    let index = template(named: "\(name)", inputCount: state.count, body)
    let block = templates[index]
    precondition(block.template.inputCount == state.count, "Blocks of one name have equally many inputs.")
    blocks.append(
      Block(
        template: index, rowsBefore: rows.count, traceStart: traceCount, inputs: state.map { self.index(of: $0) }))
    for label in block.labels { self.name(label) }
    state = block.outputs(inputs: state, traceStart: traceCount)
    traceCount += block.template.traceCount
  }

  /// The index of a template, which is recorded over inputs of its own if it is new.
  private mutating func template(
    named name: String, inputCount: Int, _ body: (inout Self, inout [Element]) -> Void
  ) -> Int {
    if let index = templateIndices[name] { return index }
    var inner = ShapeBuilder(layout: layout)
    var state = (0..<inputCount).map { Element(Column(.inputs, $0)) }
    body(&inner, &state)
    precondition(inner.digitCount == 0 && inner.blocks.isEmpty, "A block has trace variables only.")
    var matrix = SparseMatrix<Field>(columnCount: 1 + inputCount + inner.traceCount)
    var pool: [Field: UInt32] = [:]
    for combination in inner.combinations {
      let row = combination.terms.map { term -> (column: UInt32, coefficient: Field) in
        let column: Int
        switch term.column.part {
        case .publics: column = term.column.offset
        case .inputs: column = 1 + term.column.offset
        case .trace: column = 1 + inputCount + term.column.offset
        case .values: preconditionFailure("A block has trace variables only.")
        }
        return (column: UInt32(column), coefficient: term.coefficient)
      }
      matrix.append(row: row.sorted { $0.column < $1.column }, pool: &pool)
    }
    templates.append(
      RecordedBlock(
        template: BlockTemplate(
          inputCount: inputCount, traceCount: inner.traceCount, combinations: matrix, rows: inner.rows),
        outputs: state, labels: inner.labels))
    templateIndices[name] = templates.count - 1
    return templates.count - 1
  }

  /// Begins a scope.
  package mutating func enter(_ scope: StaticString) { names.enter(scope) }
  /// Ends the innermost scope.
  package mutating func leave() { names.leave() }
}
