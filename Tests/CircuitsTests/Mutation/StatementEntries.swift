import Algebra
import Arguments
import Circuits

/// One requirement of a statement.
enum StatementPart: Hashable {
  /// A lookup column, by its place.
  case lookup(Int)
  /// A zero in every row.
  case zero(Int)
  /// A product.
  case product(Int)
  /// A linear relation.
  case relation(Int)
}

/// Which requirements of a statement read a tensor.
struct StatementReaders {
  private var readers: [String: Set<StatementPart>] = [:]

  /// The readers of every tensor.
  init(_ statement: StepStatement) {
    func note(_ part: StatementPart, _ expressions: [Expression?], _ others: [Tensor?] = []) {
      let tensors = expressions.compactMap(\.self).flatMap { $0.terms.map(\.tensor) } + others.compactMap(\.self)
      for tensor in tensors { readers[tensor.name, default: []].insert(part) }
    }
    for (place, lookup) in statement.lookups.enumerated() { note(.lookup(place), [lookup.input, lookup.output]) }
    for (place, zero) in statement.zeros.enumerated() { note(.zero(place), [zero.values], [zero.multiplicities]) }
    for (place, product) in statement.products.enumerated() {
      note(.product(place), [product.result, product.left, product.right], [product.scale])
    }
    for (place, relation) in statement.relations.enumerated() {
      note(.relation(place), [], relation.terms.map(\.tensor))
    }
  }

  /// The requirements that read one of these.
  func readers(of tensors: [String]) -> Set<StatementPart> {
    tensors.reduce(into: []) { $0.formUnion(readers[$1] ?? []) }
  }
}

/// All committed entries of a step as elements of F, which is what a prover may commit to; and what of a statement they violate.
struct StatementEntries {
  let circuit: StepCircuit
  /// By segment.
  var entries: [[ScalarField]]
  /// The selected index of every row.
  var selectors: [String: [Int]]
  private let tables: TableMembers

  /// The entries of integers.
  init(_ circuit: StepCircuit, _ values: StepValues, selectors: [String: [Int]]) {
    self.circuit = circuit
    let tables = circuit.statement.tables
    entries = [
      values.input.map { ScalarField(Int64($0)) }, values.output.map { ScalarField(Int64($0)) },
      values.weights.map { ScalarField(Int64($0)) }, values.values.map { ScalarField($0) },
      (tables.ids + tables.inputs + tables.outputs).map { ScalarField(Int64($0)) },
    ]
    // Behind the last weight that is not padding nothing is stored: there Q holds what stands there, in these models nothing.
    let weights = Segment.weights.rawValue
    let end = circuit.tensors.filter { $0.segment == .weights }.reduce(0) { max($0, $1.offset + $1.count) }
    entries[weights] += repeatElement(.zero, count: max(0, end - entries[weights].count))
    self.selectors = selectors
    self.tables = TableMembers(tables)
  }

  subscript(_ tensor: Tensor, _ place: Int) -> ScalarField {
    get { entries[tensor.segment.rawValue][tensor.offset + place] }
    set { entries[tensor.segment.rawValue][tensor.offset + place] = newValue }
  }

  /// The same entries with numbers in limbs, which only their sum means anything of, gathered in the first limb.
  var gathered: [[ScalarField]] {
    var copy = self
    for tensor in circuit.tensors where tensor.name.hasSuffix(", limb 1") {
      let first = circuit.tensor("\(tensor.name.dropLast())0")
      for place in 0..<tensor.count {
        copy[first, place] += BigFraction.powerOfTwo(48) * copy[tensor, place]
        copy[tensor, place] = .zero
      }
    }
    return copy.entries
  }

  /// Where entries differ, by tensor.
  func differences(from other: StatementEntries) -> [String] {
    circuit.tensors.filter { tensor in
      let range = tensor.offset..<tensor.offset + tensor.count
      return entries[tensor.segment.rawValue][range] != other.entries[tensor.segment.rawValue][range]
    }.map(\.name)
  }

  /// An expression at a flat index over its axes.
  func value(_ expression: Expression, _ space: IndexSpace, _ index: Int) -> ScalarField {
    var sum = ScalarField.zero
    if !expression.constant.isZero && space.contains(index, expression.constantDomain) { sum = expression.constant }
    for term in expression.terms {
      sum += term.factor * self[term.tensor, space.projection(to: term.tensor.axes)(index)]
    }
    return sum
  }

  /// Requirements that fail, so many at least if there are so many, and of these only if given; lookups are counted as made wherever
  /// they succeed.
  func violations(
    of statement: StepStatement, atLeast limit: Int = .max, among parts: Set<StatementPart>? = nil
  ) -> Set<StatementPart> {
    var found: Set<StatementPart> = []
    func note(_ part: StatementPart, _ holds: @autoclosure () -> Bool) -> Bool {
      if parts?.contains(part) ?? true, !holds() { found.insert(part) }
      return found.count < limit
    }
    for (place, lookup) in statement.lookups.enumerated() {
      guard note(.lookup(place), holds(lookup)) else { return found }
    }
    for (place, zero) in statement.zeros.enumerated() {
      guard note(.zero(place), holds(zero)) else { return found }
    }
    for (place, relation) in statement.relations.enumerated() {
      guard note(.relation(place), holds(relation)) else { return found }
    }
    for (place, product) in statement.products.enumerated() {
      guard note(.product(place), holds(product)) else { return found }
    }
    return found
  }

  private func values(_ expression: Expression, _ space: IndexSpace) -> [ScalarField] {
    var sums = (0..<space.count).map {
      !expression.constant.isZero && space.contains($0, expression.constantDomain) ? expression.constant : .zero
    }
    for term in expression.terms {
      let projection = space.projection(to: term.tensor.axes)
      for index in sums.indices { sums[index] += term.factor * self[term.tensor, projection(index)] }
    }
    return sums
  }

  private func holds(_ lookup: Lookup) -> Bool {
    let space = IndexSpace(lookup.input.axes)
    let inputs = values(lookup.input, space)
    let outputs = lookup.output.map { values($0, space) }
    return (0..<space.count).allSatisfy { index in
      !space.contains(index, lookup.domain)
        || tables.contain(lookup.table, inputs[index], outputs?[index] ?? .zero)
    }
  }

  private func holds(_ zero: ZeroInRow) -> Bool {
    let (space, rows) = (IndexSpace(zero.values.axes), IndexSpace(zero.rows))
    let width = space.count / rows.count
    let all = values(zero.values, space)
    return (0..<rows.count).allSatisfy { row in
      var totals: [ScalarField: ScalarField] = [.zero: rows.isReal(row) ? -.one : .zero]
      var dead: [ScalarField: ScalarField] = [:]
      for index in row * width..<(row + 1) * width {
        let count = self[zero.multiplicities, index]
        if space.contains(index, zero.domain) {
          totals[all[index], default: .zero] += count
        } else {
          dead[all[index], default: .zero] += count
        }
      }
      return totals.values.allSatisfy(\.isZero) && dead.values.allSatisfy(\.isZero)
    }
  }

  /// What a product sums to at every index of its result.
  func sums(_ product: Product) -> [ScalarField] {
    guard let shape = try? ProductShape(product) else { return [] }
    let joint = IndexSpace(product.result.axes + shape.contracted)
    let inner = IndexSpace(shape.contracted)
    let (toLeft, toRight) = (joint.projection(to: product.left.axes), joint.projection(to: product.right.axes))
    let left = values(product.left, IndexSpace(product.left.axes))
    let right = values(product.right, IndexSpace(product.right.axes))
    let scale = product.scale.map { self[$0, 0] } ?? .one
    let real = (0..<inner.count).filter(inner.isReal)
    return (0..<IndexSpace(product.result.axes).count).map { index in
      var sum = ScalarField.zero
      for place in real.lazy.map({ index << inner.logSize | $0 }) where isUnmasked(place, joint, product.mask) {
        sum += left[toLeft(place)] * right[toRight(place)]
      }
      return scale * sum
    }
  }

  private func isUnmasked(_ flat: Int, _ space: IndexSpace, _ mask: Domain) -> Bool {
    guard case .causal(let query, let key) = mask, let query = space.field(named: query),
      let key = space.field(named: key)
    else { return true }
    return key.index(in: flat) <= query.index(in: flat)
  }

  private func holds(_ product: Product) -> Bool {
    let space = IndexSpace(product.result.axes)
    let (results, sums) = (values(product.result, space), sums(product))
    return (0..<space.count).allSatisfy { index in
      sums[index] == results[index] + comparison(product.selectorTerm, space, index)
    }
  }

  /// factor [index < selected].
  func comparison(_ term: SelectorTerm?, _ space: IndexSpace, _ flat: Int) -> ScalarField {
    guard let term, let selected = selectors[term.selector], let rows = space.field(named: term.rows.name),
      let axis = space.field(named: term.axis.name), rows.index(in: flat) < selected.count
    else { return .zero }
    return axis.index(in: flat) < selected[rows.index(in: flat)] ? term.factor : .zero
  }

  private func holds(_ relation: LinearRelation) -> Bool {
    let space = IndexSpace(relation.axes)
    return (0..<space.count).allSatisfy { sum(relation, space, $0).isZero }
  }

  /// The sum of a relation at an index.
  func sum(_ relation: LinearRelation, _ space: IndexSpace, _ index: Int) -> ScalarField {
    relation.terms.reduce(space.contains(index, relation.constantDomain) ? relation.constant : .zero) {
      $0 + $1.factor * functional($1, space, index)
    }
  }

  /// The functional of a term at an index.
  func functional(_ term: LinearRelation.Term, _ space: IndexSpace, _ index: Int) -> ScalarField {
    let target = IndexSpace(term.tensor.axes)
    func entry(_ change: [String: Int] = [:]) -> ScalarField {
      let place = target.fields.reduce(0) { flat, field in
        let name = field.axis.name
        return flat | (change[name] ?? space.field(named: name)?.index(in: index) ?? 0) << field.shift
      }
      return self[term.tensor, place]
    }
    switch term.functional {
    case .value: return entry()
    case .sum(let name):
      let count = target.field(named: name).map { 1 << $0.axis.logSize } ?? 0
      return (0..<count).reduce(.zero) { $0 + entry([name: $1]) }
    case .rotation(let table):
      guard let position = space.field(named: table.positions.name)?.index(in: index),
        let half = space.field(named: table.half.name)?.index(in: index),
        let pair = space.field(named: table.pairs.name)?.index(in: index),
        position < table.positions.size, pair < table.pairs.size
      else { return .zero }
      let cosine = ScalarField(Int64(table.cosines[position * table.pairs.size + pair]))
      let sine = ScalarField(Int64(table.sines[position * table.pairs.size + pair]))
      let (own, other) = (entry(), entry([table.half.name: 1 - half]))
      return half == 0 ? cosine * own - sine * other : cosine * own + sine * other
    case .selected(let name, let rows, let axis):
      guard let row = space.field(named: rows.name)?.index(in: index), let selected = selectors[name],
        row < selected.count
      else { return .zero }
      return entry([axis.name: selected[row]])
    }
  }
}

/// The tuples of a list of tables.
struct TableMembers {
  private var outputs: [Int: [ScalarField: ScalarField]] = [:]

  /// The tuples of these tables, ranges among them by comparison.
  init(_ tables: Arguments.LookupTables) {
    for place in tables.ids.indices where tables.ids[place] > 24 {
      outputs[Int(tables.ids[place]), default: [:]][ScalarField(Int64(tables.inputs[place]))] = ScalarField(
        Int64(tables.outputs[place]))
    }
  }

  /// Whether a tuple is in a table; ids up to 24 are ranges of that many bits.
  func contain(_ table: Int, _ input: ScalarField, _ output: ScalarField) -> Bool {
    guard table <= 24 else { return outputs[table]?[input] == output }
    let limbs = input.canonicalLimbs
    return output.isZero && limbs.1 | limbs.2 | limbs.3 == 0 && limbs.0 < 1 << UInt64(table)
  }
}

extension ScalarField {
  /// The integer of at most 126 bits this element stands for; wrapped when there is none.
  var integer: Int128 {
    func unsigned(_ limbs: Limbs) -> Int128? {
      limbs.2 | limbs.3 == 0 && limbs.1 < 1 << 62 ? Int128(limbs.1) << 64 | Int128(limbs.0) : nil
    }
    if let value = unsigned(canonicalLimbs) { return value }
    return unsigned((-self).canonicalLimbs).map { -$0 } ?? 0
  }
}
