import Algebra
import Transcript

/// A statement compiled for the argument: which claims are sent in which order, and how checks use them.
///
/// Prover and verifier follow the same plan, so that every count, degree and order comes from the statement.
package struct StepArgumentPlan: Sendable {
  /// The statement.
  package let statement: StepStatement
  /// Where segments stand in Q.
  package let layout: BlockLayout
  /// Claims in order of creation.
  let claims: [Claim]
  /// The claims made at the leaf point, at pool points and at the point of the product sumcheck.
  let leafClaims: Range<Int>, poolClaims: Range<Int>, factorClaims: Range<Int>
  /// The blocks of leaves, in leaf order.
  let leaves: [LeafBlock]
  /// The number of layers of the tree of fractions (D).
  let treeDepth: Int
  /// The number of coordinates in the pool.
  let poolSize: Int
  /// What every relation requires to be 0.
  let relations: [LinearForm]
  /// The products.
  let products: [ProductPlan]
  /// The number of variables of the product sumcheck (L).
  let productVariables: Int
  /// The tables that rotation claims name by number.
  let rotaryTables: [RotaryTable]

  /// The most coordinates a pool may have: they are the powers s^(2^i) of one challenge, so a false relation passes for at
  /// most 2^poolSize of its values.
  static let poolLimit = 100

  /// The tag of the argument's transcript.
  static let transcriptTag: Tag = "step"

  /// Compiles a statement; throws when it is malformed or a tensor lies outside the layout.
  package init(_ statement: StepStatement, layout: BlockLayout) throws(ArgumentError) {
    try statement.validate()
    self.statement = statement
    self.layout = layout
    var list = ClaimList()
    (leaves, treeDepth) = LeafBlock.arrange(statement, claims: &list)
    let leafEnd = list.endStage()

    var pool = CoordinatePool()
    for relation in statement.relations { pool.add(relation.axes) }
    for product in statement.products { pool.add(product.result.axes) }
    poolSize = pool.size
    guard poolSize <= Self.poolLimit else {
      throw .malformedStatement("relations and results have \(poolSize) coordinates, more than \(Self.poolLimit)")
    }
    relations = statement.relations.map { relation in
      LinearForm(
        terms: relation.terms.map { (list.functional($0, at: pool.points), $0.factor) }, constant: relation.constant,
        indicator: Indicator(relation.constantDomain, over: relation.axes, at: pool.points))
    }
    let results = statement.products.map { list.form(of: $0.result, at: pool.points) }
    let poolEnd = list.endStage()

    var products: [ProductPlan] = []
    for (product, result) in zip(statement.products, results) {
      products.append(try ProductPlan(product, result: result, pool: pool.points, claims: &list))
    }
    self.products = products
    productVariables = products.map(\.variables).max() ?? 0
    claims = list.claims
    rotaryTables = list.rotaryTables
    leafClaims = 0..<leafEnd
    poolClaims = leafEnd..<poolEnd
    factorClaims = poolEnd..<claims.count
    for block in claims.map(\.block) {
      let fits = block.offset + 1 << block.logSize <= layout.extents[block.segment.rawValue]
      let isAligned = block.start(in: layout) & ((1 << block.logSize) - 1) == 0
      guard fits, isAligned else {
        throw .malformedStatement("the tensor at \(block.offset) of \(block.segment) lies outside the layout")
      }
    }
  }
}

/// The coordinates shared by relations and results: one range per axis name, in order of first use.
struct CoordinatePool {
  /// The coordinates of every axis met.
  private(set) var points: AxisPoints = [:]
  /// The number of coordinates.
  private(set) var size = 0

  /// Gives coordinates to axes not met before.
  mutating func add(_ axes: [Axis]) {
    for axis in axes where points[axis.name] == nil {
      points[axis.name] = (size..<size + axis.logSize).map(Coordinate.pool)
      size += axis.logSize
    }
  }
}
