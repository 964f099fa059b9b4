import Algebra
import Arguments
import Model

/// Collects what one kind of step declares.
///
/// The declarations run twice: without plans, to learn the shapes of the tensors and what ranges are needed, and with
/// the plans made of them, to state requirements about tensors in their places.
struct StatementBuilder {
  /// The constants of the circuits.
  let parameters: CircuitParameters
  /// The tensors, in order of declaration.
  private(set) var shapes: [SegmentPlan.Shape] = []
  /// How many numbers, padding included, are required to have each width.
  private(set) var rangeLeaves: [Int: Int] = [:]
  private var lookups: [Lookup] = []
  private var zeros: [ZeroInRow] = []
  private var products: [Product] = []
  private var relations: [LinearRelation] = []
  private var selectors: [String: Selector] = [:]
  private let plan: SegmentPlan?
  private let ranges: RangePlan?

  /// A builder that has nothing yet.
  init(parameters: CircuitParameters, plan: SegmentPlan? = nil, ranges: RangePlan? = nil) {
    self.parameters = parameters
    self.plan = plan
    self.ranges = ranges
  }

  /// The leaves of the lookup argument, those of the tables not counted.
  var leaves: Int {
    func size(_ axes: [Axis]) -> Int { 1 << axes.reduce(0) { $0 + $1.logSize } }
    return lookups.reduce(0) { $0 + size($1.input.axes) }
      + zeros.reduce(0) { $0 + size($1.values.axes) + size($1.rows) }
  }

  /// The requirements collected, over the public tables.
  func statement(tables: Arguments.LookupTables, multiplicities: Tensor) -> StepStatement {
    var statement = StepStatement(tables: tables, multiplicities: multiplicities)
    statement.lookups = lookups
    statement.zeros = zeros
    statement.products = products
    statement.relations = relations
    statement.selectors = selectors
    return statement
  }

  /// Declares a tensor nothing is known of yet.
  mutating func tensor(_ name: String, _ axes: [Axis], in segment: Segment = .values) -> Tensor {
    shapes.append(SegmentPlan.Shape(name: name, axes: axes, segment: segment))
    return plan?[name] ?? Tensor(name, axes, in: segment, at: 0)
  }

  /// Requires 0 <= value < 2^bits on a domain.
  mutating func requireRange(_ value: Expression, bits: Int, on domain: Domain) {
    let digitBits = parameters.quantization.digitBits
    rangeLeaves[bits, default: 0] += 1 << value.axes.reduce(0) { $0 + $1.logSize }
    if let ranges, !ranges.tables.contains(bits) {
      let digit = TableID.range(bits: digitBits)
      lookups.append(Lookup(table: digit, input: value, on: domain))
      lookups.append(Lookup(table: digit, input: .powerOfTwo(digitBits - bits) * value, on: domain))
    } else {
      lookups.append(Lookup(table: TableID.range(bits: bits), input: value, on: domain))
    }
  }

  /// Requires output = table(input) on a domain.
  mutating func requireLookup(_ table: Int, _ input: Tensor, _ output: Tensor, on domain: Domain = .real) {
    lookups.append(Lookup(table: table, input: Expression(input), output: Expression(output), on: domain))
  }

  /// Requires a zero in every row.
  mutating func require(_ zero: ZeroInRow) { zeros.append(zero) }

  /// Requires a product.
  mutating func require(_ product: Product) { products.append(product) }

  /// Requires a linear relation.
  mutating func require(_ relation: LinearRelation) { relations.append(relation) }

  /// Names a list of selected indices.
  mutating func select(_ name: String, rows: Axis, from axis: Axis) {
    selectors[name] = Selector(rows: rows, axis: axis)
  }
}
