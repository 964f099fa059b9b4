import Algebra

extension ProverState {
  /// Step 7: all products in one sumcheck, and the claims of their factors.
  mutating func proveProducts() {
    guard !plan.products.isEmpty else { return }
    let eta = challenge()
    var bound: [Int: BoundTensor] = [:]
    var summands: [ProductSummand] = []
    var power = ScalarField.one
    for (number, product) in plan.products.enumerated() {
      summands.append(summand(of: number, scaledBy: power, &bound))
      assert(product.variables == summands[number].variables, "A summand over the product's domain.")
      power *= eta
    }
    var point: [ScalarField] = []
    for variable in (0..<plan.productVariables).reversed() {
      var total = [ScalarField](repeating: .zero, count: 3)
      var rounds: [[ScalarField]?] = []
      for summand in summands {
        guard summand.variables == variable + 1 else {
          // The variables it lacks repeat it.
          total[0] += summand.claim * ScalarField(UInt64(1) << UInt64(variable - summand.variables))
          rounds.append(nil)
          continue
        }
        let round = summand.round()
        for index in total.indices { total[index] += round[index] }
        rounds.append(round)
      }
      send([total[0], total[1]])
      send([total[2]])
      let t = challenge()
      for (number, round) in rounds.enumerated() {
        if let round { summands[number].bind(t, round) }
      }
      point.append(t)
    }
    product = point.reversed()
    sendClaims(
      plan.factorClaims.map { number in
        guard let tensor = bound[number] else { preconditionFailure("Every factor has been bound.") }
        return tensor.evaluate(weights: productWeights(of: plan.claims[number]))
      })
  }

  /// The weights of the bits of a claim that the sumcheck bound.
  private func productWeights(of claim: Claim) -> [ScalarField?] {
    claim.point.compactMap { coordinate in
      if case .product(let index) = coordinate { product[index] } else { nil }
    }
  }

  /// A product's factors over its domain, with `factor` taken into the left one.
  private func summand(
    of number: Int, scaledBy factor: ScalarField, _ bound: inout [Int: BoundTensor]
  ) -> ProductSummand {
    let product = plan.statement.products[number], plan = plan.products[number]
    var scale = ScalarField.one
    if let tensor = product.scale, let claim = plan.scale {
      let entry = BoundTensor(tensor, free: [:], values: bound[claim]?.values, in: data)
      bound[claim] = entry
      scale = entry.values[0]
    }
    let left = polynomial(product.left, plan, plan.left, times: factor * scale, &bound)
    let right = polynomial(product.right, plan, plan.right, times: .one, &bound)
    return ProductSummand(
      weight: weight(of: plan), left: left, right: right, claim: factor * result(of: plan), variables: plan.variables)
  }

  /// The value a product must sum to, at the pool point of its result.
  private func result(of product: ProductPlan) -> ScalarField {
    var value = product.result.terms.reduce(ScalarField.zero) { $0 + $1.factor * values[$1.claim] }
    if !product.result.constant.isZero {
      value += product.result.constant * self.value(of: product.result.indicator)
    }
    guard let (term, rows, axis) = product.selectorTerm, let selected = selectors[term.selector] else { return value }
    let rowWeights = FieldBuffer(weights: self[rows])
    for (row, selected) in selected.enumerated() {
      let below = Self.value(of: Indicator.Prefix(size: selected, point: axis)) { self[$0] ?? .zero }
      value += term.factor * rowWeights[row] * below
    }
    return value
  }

  /// A factor over the domain of a product, free axes at their pool point.
  private func polynomial(
    _ expression: Expression, _ product: ProductPlan, _ form: LinearForm, times factor: ScalarField,
    _ bound: inout [Int: BoundTensor]
  ) -> FieldBuffer {
    let polynomial = FieldBuffer(zeros: product.space.count)
    let free = Dictionary(
      uniqueKeysWithValues: product.shape.free.map { ($0.name, self[product.points[$0.name] ?? []]) })
    for (term, claim) in zip(expression.terms, form.terms) {
      let known = bound[claim.claim]?.values
      let tensor = BoundTensor(term.tensor, free: free, values: known, in: data)
      bound[claim.claim] = tensor
      tensor.add(to: polynomial, over: product.space, times: factor * term.factor)
    }
    guard !expression.constant.isZero else { return polynomial }
    addConstant(factor * expression.constant, of: expression, product, to: polynomial)
    return polynomial
  }

  /// Adds a factor's constant: the indicator over the domain, times that of free axes at their pool point.
  private func addConstant(
    _ constant: ScalarField, of expression: Expression, _ product: ProductPlan, to polynomial: FieldBuffer
  ) {
    let free = expression.axes.filter { product.shape.free.contains($0) }
    let kept = expression.axes.filter { !product.shape.free.contains($0) }
    let space = product.space
    var scale = constant
    var domain = expression.constantDomain
    if case .causal(let query, let key) = domain, free.contains(where: { $0.name == query || $0.name == key }) {
      addCausalConstant(constant, of: expression, product, to: polynomial)
      return
    }
    if domain != .everywhere { scale *= value(of: Indicator(.real, over: free, at: product.points)) }
    if case .real = domain, kept.isEmpty { domain = .everywhere }
    let membership = Membership(domain, in: space.restricted(to: kept))
    let summand = scale
    Parallel.forChunks(count: space.count, minimumChunk: 4096) { range in
      for index in range where membership.contains(index) { polynomial[index] += summand }
    }
  }

  /// The same when an axis of a causal domain is free: its indicator is a polynomial of the other axis.
  private func addCausalConstant(
    _ constant: ScalarField, of expression: Expression, _ product: ProductPlan, to polynomial: FieldBuffer
  ) {
    for index in 0..<product.space.count {
      // At an index of the domain the coordinates are its bits.
      var weights: [Coordinate: ScalarField] = [:]
      for bit in 0..<product.space.logSize { weights[.product(bit)] = index >> bit & 1 == 1 ? .one : .zero }
      let indicator = Indicator(expression.constantDomain, over: expression.axes, at: product.points)
      polynomial[index] += constant * Self.value(of: indicator) { weights[$0] ?? self[$0] ?? .zero }
    }
  }

  /// eq(result point, batch) * mask * [contracted real] over the domain; nil where it is 1.
  private func weight(of product: ProductPlan) -> FieldBuffer? {
    let weight = product.weight
    guard !weight.batch.isEmpty || !weight.contracted.isEmpty || weight.causal != nil else { return nil }
    let shape = product.shape
    let weights: [ScalarField?] = shape.domain.reversed().flatMap { axis in
      shape.batch.contains(axis)
        ? self[product.batchPoints[axis.name] ?? []] : [ScalarField?](repeating: nil, count: axis.logSize)
    }
    let table = FieldBuffer(weights: weights)
    let contracted = Membership(.real, in: product.space.restricted(to: shape.contracted))
    var causal: (query: IndexSpace.Field, key: IndexSpace.Field)?
    if case .causal(let query, let key) = product.mask, let query = product.space.field(named: query),
      let key = product.space.field(named: key)
    {
      causal = (query, key)
    }
    let mask = causal
    Parallel.forChunks(count: table.count, minimumChunk: 4096) { range in
      for index in range {
        let isAllowed = mask.map { $0.key.index(in: index) <= $0.query.index(in: index) } ?? true
        if !isAllowed || !contracted.contains(index) { table[index] = .zero }
      }
    }
    return table
  }
}
