package import Algebra

/// Evaluates a statement directly on the integers of a step: the oracle of the argument's tests, and the first thing to
/// run when a circuit's statement and its data disagree.
///
/// Everything is computed index by index from the definitions, in F, sharing no code with prover or verifier.
package struct StatementChecker {
  /// The statement.
  package let statement: StepStatement
  /// The integers.
  package let data: StepData
  /// The selected index of every real row, by selector.
  package let selectors: [String: [Int]]

  /// A checker of one step.
  package init(_ statement: StepStatement, data: StepData, selectors: [String: [Int]] = [:]) {
    self.statement = statement
    self.data = data
    self.selectors = selectors
  }

  /// Throws the first failure in the order lookups, zeros, products, relations; returns when the statement is true.
  package func check() throws(ArgumentError) {
    try statement.validate()
    try checkSelectors()
    try checkLookups()
    for number in statement.zeros.indices { try checkZero(number) }
    for product in statement.products { try check(product) }
    for relation in statement.relations { try check(relation) }
  }

  /// How often each table entry is looked up: the honest content of the statement's multiplicities; a tuple in several
  /// entries is counted at the first one. Throws `lookupFails` when a tuple is in no table.
  package func lookupCounts() throws(ArgumentError) -> [Int64] {
    var entries: [LookupTuple: Int] = [:]
    let tables = statement.tables
    for entry in tables.ids.indices.reversed() {
      entries[LookupTuple(tables, entry)] = entry
    }
    var counts = [Int64](repeating: 0, count: tables.ids.count)
    for (column, lookup) in statement.lookups.enumerated() {
      let space = IndexSpace(lookup.input.axes)
      let inputs = values(of: lookup.input)
      let outputs = lookup.output.map(values) ?? [F](repeating: .zero, count: space.count)
      for index in 0..<space.count where space.contains(index, lookup.domain) {
        guard let entry = entries[LookupTuple(lookup.table, inputs[index], outputs[index])] else {
          throw .lookupFails(column: column, name: lookup.input.label, indices: space.indices(index))
        }
        counts[entry] += 1
      }
    }
    return counts
  }

  /// The honest content of a ZeroInRow's multiplicities: 1 at the first zero of each real row within the domain.
  package func zeroMultiplicities(_ zero: ZeroInRow) -> [Int64] {
    let space = IndexSpace(zero.values.axes)
    let rowSpace = IndexSpace(zero.rows)
    let entries = values(of: zero.values)
    let width = space.count / rowSpace.count
    var result = [Int64](repeating: 0, count: space.count)
    for row in 0..<rowSpace.count where rowSpace.isReal(row) {
      let first = (row * width..<(row + 1) * width).first { entries[$0].isZero && space.contains($0, zero.domain) }
      if let first { result[first] = 1 }
    }
    return result
  }

  /// The values of an expression at every padded index over its axes.
  package func values(of expression: Expression) -> [ScalarField] {
    let space = IndexSpace(expression.axes)
    var result = (0..<space.count).map { index in
      !expression.constant.isZero && space.contains(index, expression.constantDomain) ? expression.constant : F.zero
    }
    for term in expression.terms {
      let entries = Array(data.entries(of: term.tensor))
      let projection = space.projection(to: term.tensor.axes)
      for index in 0..<space.count where entries[projection(index)] != 0 {
        result[index] += term.factor * F(entries[projection(index)])
      }
    }
    return result
  }
}

typealias F = ScalarField

/// A lookup's tuple.
private struct LookupTuple: Hashable {
  let table: Int
  let input: F
  let output: F

  init(_ table: Int, _ input: F, _ output: F) {
    self.table = table
    self.input = input
    self.output = output
  }

  init(_ tables: LookupTables, _ entry: Int) {
    self.init(Int(tables.ids[entry]), F(Int64(tables.inputs[entry])), F(Int64(tables.outputs[entry])))
  }
}

extension StatementChecker {
  private func checkSelectors() throws(ArgumentError) {
    for (name, selector) in statement.selectors {
      guard let selected = selectors[name], selected.count == selector.rows.size,
        selected.allSatisfy({ (0..<selector.axis.size).contains($0) })
      else { throw .malformedStatement("selector \(name): one index of axis \(selector.axis.name) per row") }
    }
  }

  private func checkLookups() throws(ArgumentError) {
    var counts = try lookupCounts().map { F($0) }
    for (entry, stored) in data.entries(of: statement.multiplicities).enumerated() { counts[entry] -= F(stored) }
    // Equal tuples may share their count in any way.
    var totals: [LookupTuple: (F, Int)] = [:]
    let tables = statement.tables
    for entry in counts.indices {
      totals[LookupTuple(tables, entry), default: (.zero, entry)].0 += counts[entry]
    }
    if let wrong = totals.values.filter({ !$0.0.isZero }).map(\.1).min() { throw .wrongMultiplicity(entry: wrong) }
  }

  private func checkZero(_ number: Int) throws(ArgumentError) {
    let zero = statement.zeros[number]
    let space = IndexSpace(zero.values.axes)
    let rowSpace = IndexSpace(zero.rows)
    let width = space.count / rowSpace.count
    let entries = values(of: zero.values)
    let multiplicities = Array(data.entries(of: zero.multiplicities))
    for row in 0..<rowSpace.count {
      // (in the domain, value) -> what the row's lookups and multiplicities leave; all must cancel.
      var totals: [LookupTuple: F] = [LookupTuple(1, .zero, .zero): rowSpace.isReal(row) ? -.one : .zero]
      for index in row * width..<(row + 1) * width {
        let tuple = LookupTuple(space.contains(index, zero.domain) ? 1 : 0, entries[index], .zero)
        totals[tuple, default: .zero] += F(multiplicities[index])
      }
      guard totals.values.allSatisfy(\.isZero) else {
        throw .zeroInRowFails(number: number, name: zero.values.label, row: rowSpace.indices(row))
      }
    }
  }

  private func check(_ product: Product) throws(ArgumentError) {
    let shape = try ProductShape(product)
    let space = IndexSpace(product.result.axes)
    let inner = IndexSpace(shape.contracted)
    let joint = IndexSpace(product.result.axes + shape.contracted)
    let toLeft = joint.projection(to: product.left.axes)
    let toRight = joint.projection(to: product.right.axes)
    let left = IntegersOrElements(values(of: product.left))
    let right = IntegersOrElements(values(of: product.right))
    let expected = values(of: product.result)
    let scale = product.scale.flatMap { data.entries(of: $0).first }.map { F($0) } ?? .one
    let real = (0..<inner.count).filter(inner.isReal)
    for index in 0..<space.count {
      let indices = real.lazy.map { index << inner.logSize | $0 }.filter { isUnmasked($0, joint, product.mask) }
      let sum = IntegersOrElements.sumOfProducts(left, right, indices.map { (toLeft($0), toRight($0)) })
      guard scale * sum == expected[index] + selectorTerm(product.selectorTerm, space, index) else {
        throw .productFails(name: product.name, indices: space.indices(index))
      }
    }
  }

  private func isUnmasked(_ flat: Int, _ space: IndexSpace, _ mask: Domain) -> Bool {
    guard case .causal(let query, let key) = mask, let query = space.field(named: query),
      let key = space.field(named: key)
    else { return true }
    return key.index(in: flat) <= query.index(in: flat)
  }

  private func selectorTerm(_ term: SelectorTerm?, _ space: IndexSpace, _ flat: Int) -> F {
    guard let term, let selected = selectors[term.selector], let rows = space.field(named: term.rows.name),
      let axis = space.field(named: term.axis.name), rows.index(in: flat) < selected.count
    else { return .zero }
    return axis.index(in: flat) < selected[rows.index(in: flat)] ? term.factor : .zero
  }
}

/// Values of a factor, as machine integers where all fit.
private enum IntegersOrElements {
  case integers([Int64])
  case elements([F])

  init(_ values: [F]) {
    var integers: [Int64] = []
    for value in values {
      let limbs = value.canonicalLimbs
      let opposite = (-value).canonicalLimbs
      if limbs.1 == 0, limbs.2 == 0, limbs.3 == 0, limbs.0 < 1 << 55 {
        integers.append(Int64(limbs.0))
      } else if opposite.1 == 0, opposite.2 == 0, opposite.3 == 0, opposite.0 < 1 << 55 {
        integers.append(-Int64(opposite.0))
      } else {
        self = .elements(values)
        return
      }
    }
    self = .integers(integers)
  }

  subscript(_ index: Int) -> F {
    switch self {
    case .integers(let integers): F(integers[index])
    case .elements(let elements): elements[index]
    }
  }

  static func sumOfProducts(_ left: Self, _ right: Self, _ pairs: some Sequence<(Int, Int)>) -> F {
    guard case .integers(let left) = left, case .integers(let right) = right else {
      return pairs.reduce(F.zero) { $0 + left[$1.0] * right[$1.1] }
    }
    // Below 2^16 products under 2^110 each: no overflow of 127 bits.
    return F(pairs.reduce(Int128(0)) { $0 + Int128(left[$1.0]) * Int128(right[$1.1]) })
  }
}
