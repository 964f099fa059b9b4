import Algebra
import ConstraintSystem
import Transcript

/// The shape world, listening: it records rows as `ShapeBuilder` does, and what would compute a witness.
struct Recorder<Field: PrimeField & LinearElement>: CircuitArithmetic where Field.Field == Field {
  typealias Element = LinearCombination<Field>

  private(set) var builder: ShapeBuilder<Field>
  private(set) var steps: [ProgramStep<Field>] = []
  private(set) var elements: [LimbedColumns] = []
  private(set) var folds: [FoldColumns<Field>] = []
  let valuesCount: Int
  private var blockCount = 0
  private var scopes: [String] = []
  /// The first of the kinds that may come before, of which the others' selection is derived.
  let predecessor: UInt64

  /// A recorder of a circuit over a values segment of this length.
  init(layout: StepColumns, valuesCount: Int, predecessor: Int = 0) {
    builder = ShapeBuilder(layout: layout)
    self.valuesCount = valuesCount
    self.predecessor = UInt64(predecessor)
  }

  private init(inside builder: ShapeBuilder<Field>, valuesCount: Int) {
    self.builder = builder
    self.valuesCount = valuesCount
    predecessor = 0
  }

  var digitBits: Int { builder.digitBits }

  private var nextTrace: Int { builder.layout.publicCount + valuesCount + builder.traceCount }

  private func flat(_ column: Column) -> Int {
    switch column.part {
    case .publics: column.offset
    case .values: builder.layout.publicCount + column.offset
    case .trace: builder.layout.publicCount + valuesCount + column.offset
    case .inputs: preconditionFailure("a template's input")
    }
  }

  private func flat(_ element: Element) -> Combination<Field> {
    Combination(terms: element.terms.map { (flat($0.column), $0.coefficient) })
  }

  private mutating func append(row a: Element, _ b: Element, _ c: Element, target: Int? = nil) {
    let index = builder.rowCount - 1
    // Inside a template columns are the template's, and nobody asks.
    guard !isInside else { return }
    steps.append(.row(ProgramRow(index: index, a: flat(a), b: flat(b), c: flat(c), target: target)))
  }

  private var isInside = false

  func constant(_ value: Field) -> Element { builder.constant(value) }

  mutating func multiply(_ left: Element, _ right: Element) -> Element {
    let target = nextTrace
    let product = builder.multiply(left, right)
    append(row: left, right, product, target: target)
    return product
  }

  mutating func materialise(_ value: Element) -> Element {
    let target = nextTrace
    let variable = builder.materialise(value)
    append(row: .zero, .zero, variable - value, target: target)
    return variable
  }

  mutating func requireEqual(_ left: Element, _ right: Element, _ label: StaticString) throws {
    try builder.requireEqual(left, right, label)
    noteFoldRow("\(label)")
    append(row: .zero, .zero, left - right)
  }

  mutating func requireProduct(
    _ left: Element, _ right: Element, equals product: Element, _ label: StaticString
  ) throws {
    try builder.requireProduct(left, right, equals: product, label)
    noteFoldRow("\(label)")
    append(row: left, right, product)
  }

  private mutating func noteFoldRow(_ label: String) {
    if label.hasPrefix("fold") { folds[folds.count - 1].rows.append(builder.rowCount - 1) }
  }

  mutating func advice(
    count: Int, from inputs: [Element], _ compute: ([Field]) throws -> [Field]
  ) throws -> [Element] {
    let outputs = nextTrace..<nextTrace + count
    if inputs.isEmpty {
      steps.append(.input(outputs))
    } else if count > 700 {
      steps.append(.ladder(outputs))
    } else {
      steps.append(.hint(ProgramHint(inputs: inputs.map { flat($0) }, outputs: outputs, rule: rule)))
    }
    return try builder.advice(count: count, from: inputs, compute)
  }

  mutating func message() throws -> Element {
    steps.append(.input(nextTrace..<nextTrace + 1))
    return try builder.message()
  }

  mutating func digits(
    count: Int, from inputs: [Element], _ compute: ([Field]) throws -> [UInt64]
  ) throws -> [Element] {
    let start = builder.layout.publicCount + builder.layout.limbs.lowerBound + builder.digitCount
    if count == 32 { elements.append(LimbedColumns(digits: start, firstRow: builder.rowCount, low: nextTrace)) }
    if inputs.count == 5 && count == 32 {
      folds.append(
        FoldColumns(inputs: inputs.map { flat($0) }, result: elements.count - 1, hints: [], rows: []))
    }
    if inputs.isEmpty {
      steps.append(.input(start..<start + count))
    } else {
      folds[folds.count - 1].hints.append(steps.count)
      let rules: [HintRule] = [.foldResult, .foldQuotient, .foldCarry(offset: 128), .foldCarry(offset: 129)]
      let rule = rules[folds[folds.count - 1].hints.count - 1]
      steps.append(
        .hint(ProgramHint(inputs: inputs.map { flat($0) }, outputs: start..<start + count, rule: rule)))
    }
    return try builder.digits(count: count, from: inputs, compute)
  }

  func committedValue(at offset: Int) -> Element { builder.committedValue(at: offset) }
  func publicInput(_ index: Int) -> Element { builder.publicInput(index) }

  mutating func setPublic(_ index: Int, to value: Element, _ label: StaticString) throws {
    try builder.setPublic(index, to: value, label)
    append(row: .zero, .zero, publicInput(index) - value, target: index)
  }

  mutating func repeated(
    _ name: StaticString, _ state: inout [Element], _ body: (inout Self, inout [Element]) -> Void
  ) {
    let (row, column, inputs, count) = (builder.rowCount, nextTrace, state, valuesCount)
    builder.repeated(name, &state) { inner, state in
      var recorder = Recorder(inside: inner, valuesCount: count)
      recorder.isInside = true
      body(&recorder, &state)
      inner = recorder.builder
    }
    steps.append(
      .block(
        ProgramBlock(
          number: blockCount, firstRow: row, inputs: inputs.map { flat($0) }, firstColumn: column,
          compute: Self.permutationTrace)))
    blockCount += 1
  }

  mutating func enter(_ scope: StaticString) {
    scopes.append("\(scope)")
    builder.enter(scope)
  }
  mutating func leave() {
    scopes.removeLast()
    builder.leave()
  }

  /// How advice from other values is computed, which the scope tells.
  private var rule: HintRule {
    switch scopes.last {
    case "bits", "alpha": .bits
    case "at most": .quotient
    case "tokens": .prefix
    case nil: .isEqual(to: predecessor)
    default: .inverse
    }
  }

  /// The columns of a Poseidon2 block: the only blocks there are.
  private static func permutationTrace(_ inputs: [Field]) -> [Field] {
    guard var state = inputs as? [ScalarField] else { preconditionFailure("blocks are over F") }
    var world = WitnessBuilder<ScalarField>(layout: StepColumns(digitBits: 16, limbs: 0..<0))
    world.permute(&state, by: state.count == 3 ? .width3 : state.count == 4 ? .width4 : .width8)
    guard let trace = world.trace as? [Field] else { preconditionFailure("blocks are over F") }
    return trace
  }
}
