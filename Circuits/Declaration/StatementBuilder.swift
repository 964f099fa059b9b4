import Algebra
import Arguments

/// Collects what one kind of step declares.
///
/// The declarations run twice: without a plan, to learn the shapes of the tensors and the widths of the range tables,
/// and with the plan made of them, to state requirements about tensors in their places.
struct StatementBuilder {
  /// The constants of the circuits.
  let parameters: CircuitParameters
  /// The tensors, in order of declaration.
  private(set) var shapes: [SegmentPlan.Shape] = []
  /// The widths of the range tables looked into.
  private(set) var rangeWidths: Set<Int> = []
  private var lookups: [Lookup] = []
  private var zeros: [ZeroInRow] = []
  private var products: [Product] = []
  private var relations: [LinearRelation] = []
  private var selectors: [String: Selector] = [:]
  private let plan: SegmentPlan?

  /// A builder that has nothing yet.
  init(parameters: CircuitParameters, plan: SegmentPlan? = nil) {
    self.parameters = parameters
    self.plan = plan
  }

  /// The requirements collected, over the public tables.
  func statement(tables: LookupTables, multiplicities: Tensor) -> StepStatement {
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
    rangeWidths.insert(bits)
    lookups.append(Lookup(table: TableID.range(bits: bits), input: value, on: domain))
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
