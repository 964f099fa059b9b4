import Algebra

extension StepArgumentProver {
  /// What a proof does with every weight, by itself and with challenges drawn at random, for measurements: binding the
  /// factors of products, then the sums over pages and the values of pages that the claim reduction takes.
  package func passOverWeights(_ weights: SegmentEntries, using generator: inout some RandomNumberGenerator) {
    let data = StepData(
      input: .int32([]), output: .int32([]), weights: weights, values: .int64([]), tables: plan.statement.tables)
    func draw(_ count: Int) -> [ScalarField] { (0..<count).map { _ in .random(using: &generator) } }
    var state = ProverState(plan, data, selectors: [:], binding: .zero)
    (state.leaf, state.pool, state.product) = (draw(plan.treeDepth), draw(plan.poolSize), draw(plan.productVariables))
    var bound: Set<Int> = []
    for (product, plan) in zip(plan.statement.products, plan.products) {
      let free = Dictionary(
        uniqueKeysWithValues: plan.shape.free.map { ($0.name, state[plan.points[$0.name] ?? []]) })
      for (expression, form) in [(product.left, plan.left), (product.right, plan.right)] {
        for (term, claim) in zip(expression.terms, form.terms)
        where term.tensor.segment == .weights && bound.insert(claim.claim).inserted {
          _ = BoundTensor(term.tensor, free: free, values: nil, in: data)
        }
      }
    }
    let reduction = ClaimReduction(state, theta: .random(using: &generator), of: .weights)
    let low = reduction.lowPairs(of: state)
    _ = reduction.pages(of: state, at: draw(reduction.pageLog), bound: low.map { $0.left[0] })
  }
}
