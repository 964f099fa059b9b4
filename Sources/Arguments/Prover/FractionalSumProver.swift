import Algebra

extension ProverState {
  /// Steps 1 to 4: all lookups at once, as a sum of fractions that is 0.
  mutating func proveLookups() throws(ArgumentError) {
    let gamma = challenge(), chi = challenge()
    var layers = [leafFractions(gamma: gamma, chi: chi)]
    for _ in 0..<plan.treeDepth { layers.append(layers[layers.count - 1].reduced()) }
    let root = layers.removeLast()
    var numerator = ScalarField.zero, denominator = root.denominators[0]
    send([denominator])
    while let children = layers.popLast() {
      let lambda = challenge()
      var sumcheck = FractionSumcheck(children, point: leaf, lambda: lambda)
      var claim = numerator + lambda * denominator
      var inverses = leaf
      batchInverse(&inverses)
      guard inverses.allSatisfy({ !$0.isZero }) else { throw .zeroDenominator }
      var point: [ScalarField] = []
      for variable in leaf.indices.reversed() {
        let (c0, c2) = sumcheck.round()
        // claim = c0 + r (c1 + c2).
        let c1 = (claim - c0) * inverses[variable] - c2
        send([c1, c2])
        let t = challenge()
        claim = c0 + t * (c1 + t * c2)
        sumcheck.bind(t)
        point.append(t)
      }
      let (p, q) = sumcheck.values()
      send(p)
      send(q)
      let top = challenge()
      numerator = p[0] + top * (p[1] - p[0])
      denominator = q[0] + top * (q[1] - q[0])
      leaf = point.reversed() + [top]
    }
    sendClaims(plan.claims[plan.leafClaims].map(value))
  }
}
