import Algebra

/// A product compiled for the sumcheck over its batch and contracted indices.
struct ProductPlan: Sendable {
  /// The axes by what happens to them.
  let shape: ProductShape
  /// The number of variables summed over (l): the LOW l variables of the sumcheck.
  var variables: Int { space.logSize }
  /// The indices summed over.
  let space: IndexSpace
  /// The result at its pool point.
  let result: LinearForm
  /// The comparison with a selected index, at the pool points of the row and of the axis.
  let selectorTerm: (term: SelectorTerm, rows: [Coordinate], axis: [Coordinate])?
  /// The factors at the point of the sumcheck, free axes at their pool point.
  let left: LinearForm, right: LinearForm
  /// The claim of the scale, if there is one.
  let scale: Int?
  /// The points of all axes of the factors.
  let points: AxisPoints
  /// The pool points of the batch axes.
  let batchPoints: AxisPoints
  /// The mask.
  let mask: Domain
  /// The weight of the summand.
  let weight: Weight

  /// eq(result point, batch) * mask * [contracted real] at the point of the sumcheck.
  struct Weight: Hashable, Sendable {
    /// Batch variables outside the mask: the pool's coordinate and the sumcheck's.
    var batch: [Pair] = []
    /// Contracted axes outside the mask with padding.
    var contracted: [Indicator.Prefix] = []
    /// The mask.
    var causal: CausalWeight?

    /// Two coordinates of one bit.
    struct Pair: Hashable, Sendable {
      let pool: Coordinate
      let product: Coordinate
    }
  }

  /// [key <= query] with the weights eq of those axes that are batch axes, and a bound on one of them.
  struct CausalWeight: Hashable, Sendable {
    /// The query at the point of the sumcheck; at its pool point if it is a batch axis.
    let query: [Coordinate], queryPool: [Coordinate]?
    /// The key likewise.
    let key: [Coordinate], keyPool: [Coordinate]?
    /// The contracted axis's size if it is padded.
    let bound: Bound?

    /// [index < size].
    enum Bound: Hashable, Sendable {
      /// On the query.
      case query(Int)
      /// On the key.
      case key(Int)
    }
  }

  /// Compiles a product and claims its factors.
  init(
    _ product: Product, result: LinearForm, pool: AxisPoints, claims: inout ClaimList
  ) throws(ArgumentError) {
    shape = try ProductShape(product)
    space = IndexSpace(shape.domain)
    self.result = result
    selectorTerm = product.selectorTerm.map { ($0, pool.point(of: [$0.rows]), pool.point(of: [$0.axis])) }
    let domain = AxisPoints(shape.domain, Coordinate.product)
    points = pool.merging(domain) { $1 }
    left = claims.form(of: product.left, at: points)
    right = claims.form(of: product.right, at: points)
    if let tensor = product.scale {
      scale = claims.value(of: tensor, at: points)
    } else {
      scale = nil
    }
    let batch = shape.batch
    batchPoints = pool.filter { axis, _ in batch.contains { $0.name == axis } }
    mask = product.mask
    weight = Weight(shape, mask: product.mask, pool: pool, domain: domain)
  }
}

extension ProductPlan.Weight {
  /// The weight of a product with these axes.
  init(_ shape: ProductShape, mask: Domain, pool: AxisPoints, domain: AxisPoints) {
    var masked: [String] = []
    if case .causal(let query, let key) = mask, let queries = shape.domain.first(where: { $0.name == query }) {
      let queryPool = shape.batch.contains { $0.name == query } ? pool[query] : nil
      let keyPool = shape.batch.contains { $0.name == key } ? pool[key] : nil
      var bound: ProductPlan.CausalWeight.Bound?
      if queries.isPadded {
        // A key below a bounded query is bounded too.
        bound = queryPool == nil ? .query(queries.size) : keyPool == nil ? .key(queries.size) : nil
      }
      causal = ProductPlan.CausalWeight(
        query: domain[query] ?? [], queryPool: queryPool, key: domain[key] ?? [], keyPool: keyPool, bound: bound)
      masked = [query, key]
    }
    for axis in shape.batch where !masked.contains(axis.name) {
      batch += zip(pool[axis.name] ?? [], domain[axis.name] ?? []).map { Pair(pool: $0, product: $1) }
    }
    contracted = shape.contracted.filter { !masked.contains($0.name) && $0.isPadded }
      .map { Indicator.Prefix(size: $0.size, point: domain[$0.name] ?? []) }
  }
}
