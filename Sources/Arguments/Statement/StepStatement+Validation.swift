extension StepStatement {
  /// Throws `malformedStatement` when axes of one name differ in size, an expression reads a tensor along an axis it
  /// lacks, or a selector, table, domain or product names what is not there.
  package func validate() throws(ArgumentError) {
    var axes = AxisBook()
    try axes.add(multiplicities.axes, "multiplicities")
    try require(multiplicities.axes == [tables.entries], "multiplicities are indexed by the table entries")
    for (name, selector) in selectors { try axes.add([selector.rows, selector.axis], "selector \(name)") }
    for lookup in lookups { try validate(lookup, &axes) }
    for zero in zeros { try validate(zero, &axes) }
    for product in products { try validate(product, &axes) }
    for relation in relations { try validate(relation, &axes) }
  }

  private func validate(_ lookup: Lookup, _ axes: inout AxisBook) throws(ArgumentError) {
    let named = "lookup of \(lookup.input.label)"
    try validate(lookup.input, named, &axes)
    if let output = lookup.output {
      try validate(output, named, &axes)
      try require(output.axes == lookup.input.axes, "\(named): input and output have the same axes")
    }
    try require(tables.ids.contains { Int($0) == lookup.table } && lookup.table > 0, "\(named): no such table")
    try validate(lookup.domain, over: lookup.input.axes, named)
  }

  private func validate(_ zero: ZeroInRow, _ axes: inout AxisBook) throws(ArgumentError) {
    let named = "zero in row of \(zero.values.label)"
    try validate(zero.values, named, &axes)
    try require(zero.values.axes.starts(with: zero.rows), "\(named): the rows are the leading axes")
    try require(zero.multiplicities.axes == zero.values.axes, "\(named): one multiplicity per value")
    try validate(zero.domain, over: zero.values.axes, named)
  }

  private func validate(_ product: Product, _ axes: inout AxisBook) throws(ArgumentError) {
    let named = "product \(product.name)"
    for expression in [product.result, product.left, product.right] { try validate(expression, named, &axes) }
    _ = try ProductShape(product)
    try require(product.scale?.axes.isEmpty ?? true, "\(named): the scale has an axis")
    guard let term = product.selectorTerm else { return }
    let known = selectors[term.selector] == Selector(rows: term.rows, axis: term.axis)
    try require(known, "\(named): unknown selector \(term.selector)")
    let placed = product.result.axes.contains(term.rows) && product.result.axes.contains(term.axis)
    try require(placed, "\(named): the selector's axes are not in the result")
  }

  private func validate(_ relation: LinearRelation, _ axes: inout AxisBook) throws(ArgumentError) {
    let named = "relation \(relation.name)"
    try axes.add(relation.axes, named)
    try validate(relation.constantDomain, over: relation.axes, named)
    for term in relation.terms {
      try axes.add(term.tensor.axes, named)
      var remaining = term.tensor.axes
      switch term.functional {
      case .value: break
      case .sum(let name):
        try require(remaining.contains { $0.name == name }, "\(named): no axis \(name) to sum over")
        remaining.removeAll { $0.name == name }
      case .rotation(let table):
        let rotated = [table.positions, table.half, table.pairs]
        let known = rotated.allSatisfy { term.tensor.axes.contains($0) }
        try require(known, "\(named): the rotation's axes are not the tensor's")
      case .selected(let name, let rows, let axis):
        try require(selectors[name] == Selector(rows: rows, axis: axis), "\(named): unknown selector \(name)")
        try require(remaining.contains(axis), "\(named): no axis \(axis.name) to select from")
        try require(relation.axes.contains(rows), "\(named): the selector's rows are not an axis")
        remaining.removeAll { $0 == axis }
      }
      try require(
        remaining.allSatisfy { relation.axes.contains($0) }, "\(named): \(term.tensor.name) has an axis it lacks")
    }
  }

  private func validate(_ expression: Expression, _ named: String, _ axes: inout AxisBook) throws(ArgumentError) {
    try axes.add(expression.axes, named)
    for term in expression.terms {
      try axes.add(term.tensor.axes, named)
      try require(
        term.tensor.axes.allSatisfy { expression.axes.contains($0) },
        "\(named): \(term.tensor.name) has an axis the expression lacks")
    }
    try validate(expression.constantDomain, over: expression.axes, named)
  }

  private func validate(_ domain: Domain, over axes: [Axis], _ named: String) throws(ArgumentError) {
    guard case .causal(let query, let key) = domain else { return }
    let queries = axes.first { $0.name == query }
    let keys = axes.first { $0.name == key }
    try require(
      queries != nil && keys != nil && queries?.size == keys?.size && query != key,
      "\(named): a causal domain needs two axes of one size")
  }

  private func require(_ condition: Bool, _ sentence: @autoclosure () -> String) throws(ArgumentError) {
    guard condition else { throw .malformedStatement(sentence()) }
  }
}

extension Expression {
  /// A description for errors: the first tensor's name.
  package var label: String { terms.first?.tensor.name ?? "a constant" }
}

/// Axes met so far, by name.
private struct AxisBook {
  var sizes: [String: Int] = [:]

  mutating func add(_ axes: [Axis], _ named: String) throws(ArgumentError) {
    guard Set(axes.map(\.name)).count == axes.count else { throw .malformedStatement("\(named): an axis twice") }
    for axis in axes {
      guard sizes.updateValue(axis.size, forKey: axis.name) ?? axis.size == axis.size else {
        throw .malformedStatement("\(named): axis \(axis.name) has two sizes")
      }
    }
  }
}
