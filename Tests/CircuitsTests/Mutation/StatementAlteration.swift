import Algebra
import Arguments
import Circuits

/// One change of one requirement: a statement of nothing else.
struct StatementAlteration {
  let part: StatementPart
  let name: String
  let statement: StepStatement

  /// A whole statement with this requirement in the place of its original.
  func applied(to whole: StepStatement) -> StepStatement {
    var whole = whole
    switch part {
    case .lookup(let place): whole.lookups[place] = statement.lookups[0]
    case .zero(let place): whole.zeros[place] = statement.zeros[0]
    case .product(let place): whole.products[place] = statement.products[0]
    case .relation(let place): whole.relations[place] = statement.relations[0]
    }
    return whole
  }

  /// All changes tried, of every requirement of a statement.
  static func all(of statement: StepStatement, tensors: [Tensor]) -> [StatementAlteration] {
    var found: [StatementAlteration] = []
    var empty = StepStatement(tables: statement.tables, multiplicities: statement.multiplicities)
    empty.selectors = statement.selectors
    func add(_ part: StatementPart, _ name: String, _ change: (inout StepStatement) -> Void) {
      var altered = empty
      change(&altered)
      found.append(StatementAlteration(part: part, name: name, statement: altered))
    }
    for (place, lookup) in statement.lookups.enumerated() {
      for (name, other) in lookup.alterations(tensors) { add(.lookup(place), name) { $0.lookups = [other] } }
    }
    for (place, zero) in statement.zeros.enumerated() {
      for (name, values) in zero.values.alterations(tensors, on: zero.domain) {
        add(.zero(place), name) {
          $0.zeros = [
            ZeroInRow(rows: zero.rows, values: values, multiplicities: zero.multiplicities, on: zero.domain)
          ]
        }
      }
      if zero.domain == .real && !zero.values.hasPadding { continue }
      add(.zero(place), "domain") {
        $0.zeros = [
          ZeroInRow(rows: zero.rows, values: zero.values, multiplicities: zero.multiplicities, on: .everywhere)
        ]
      }
    }
    for (place, product) in statement.products.enumerated() {
      for (name, other) in product.alterations(tensors) { add(.product(place), name) { $0.products = [other] } }
    }
    for (place, relation) in statement.relations.enumerated() {
      for (name, other) in relation.alterations() { add(.relation(place), name) { $0.relations = [other] } }
    }
    return found
  }
}

extension Expression {
  /// The expression with a factor, a constant, its domain or a tensor changed, or a term left out.
  ///
  /// Where it is read on `domain` only, a domain of the constant that is the same there is no change.
  func alterations(
    _ tensors: [Tensor], shift: ScalarField = .one, on domain: Domain = .everywhere
  ) -> [(String, Expression)] {
    var found: [(String, Expression)] = []
    for place in terms.indices {
      var factor = self
      factor.terms[place] = Term(terms[place].tensor, times: terms[place].factor + .one)
      found.append(("factor", factor))
      var shorter = self
      shorter.terms.remove(at: place)
      if !shorter.terms.isEmpty { found.append(("term left out", shorter)) }
      let own = terms[place].tensor
      if let other = tensors.first(where: { $0.axes == own.axes && $0.name != own.name }) {
        var swapped = self
        swapped.terms[place] = Term(other, times: terms[place].factor)
        found.append(("tensor", swapped))
      }
    }
    var shifted = self
    shifted.constant += shift
    found.append(("constant", shifted))
    if !constant.isZero && domain == .everywhere && hasPadding {
      var moved = self
      moved.constantDomain = constantDomain == .everywhere ? .real : .everywhere
      found.append(("domain of the constant", moved))
    }
    return found
  }

  /// Whether some index is not real.
  var hasPadding: Bool { axes.contains { $0.size < 1 << $0.logSize } }
}

extension Lookup {
  /// The lookup changed in one thing.
  fileprivate func alterations(_ tensors: [Tensor]) -> [(String, Lookup)] {
    // A range is moved by an eighth of its length.
    let shift = table <= 24 ? ScalarField(Int64(1) << Int64(max(0, table - 3))) : .one
    var found = input.alterations(tensors, shift: shift, on: domain).map {
      ($0, Lookup(table: table, input: $1, output: output, on: domain))
    }
    if table < 24 { found.append(("range of a bit more", Lookup(table: table + 1, input: input, on: domain))) }
    if let output {
      found += output.alterations(tensors, on: domain).map {
        ("output, \($0)", Lookup(table: table, input: input, output: $1, on: domain))
      }
    }
    return found
  }
}

extension Product {
  /// The product changed in one thing.
  fileprivate func alterations(_ tensors: [Tensor]) -> [(String, Product)] {
    func changed(
      result: Expression? = nil, left: Expression? = nil, right: Expression? = nil, mask: Domain? = nil,
      selectorTerm: SelectorTerm?, scale: Tensor?
    ) -> Product {
      Product(
        name, result: result ?? self.result, selectorTerm: selectorTerm, left: left ?? self.left,
        right: right ?? self.right, mask: mask ?? self.mask, scale: scale)
    }
    let (term, scale) = (selectorTerm, scale)
    var found: [(String, Product)] = []
    for (what, other) in result.alterations(tensors) {
      let own = result.terms.first { old in
        !other.terms.contains { $0.tensor.name == old.tensor.name && $0.factor == old.factor }
      }
      let name = ["result", what, own?.tensor.name].compactMap(\.self).joined(separator: ", ")
      found.append((name, changed(result: other, selectorTerm: term, scale: scale)))
    }
    for (what, other) in left.alterations(tensors) {
      found.append(("left, \(what)", changed(left: other, selectorTerm: term, scale: scale)))
    }
    for (what, other) in right.alterations(tensors) {
      found.append(("right, \(what)", changed(right: other, selectorTerm: term, scale: scale)))
    }
    if mask != .real { found.append(("mask", changed(mask: .real, selectorTerm: term, scale: scale))) }
    if term != nil { found.append(("selector", changed(selectorTerm: nil, scale: scale))) }
    if scale != nil { found.append(("scale", changed(selectorTerm: term, scale: nil))) }
    return found
  }
}

extension LinearRelation {
  /// The relation changed in one thing.
  fileprivate func alterations() -> [(String, LinearRelation)] {
    var found: [(String, LinearRelation)] = []
    func changed(_ terms: [Term], _ constant: ScalarField, _ domain: Domain? = nil) -> LinearRelation {
      LinearRelation(name, over: axes, terms, constant: constant, on: domain ?? constantDomain)
    }
    for place in terms.indices {
      let old = terms[place]
      var factor = terms
      factor[place] = Term(old.tensor, old.functional, times: old.factor + .one)
      found.append(("factor", changed(factor, constant)))
      var shorter = terms
      shorter.remove(at: place)
      found.append(("term left out", changed(shorter, constant)))
    }
    found.append(("constant", changed(terms, constant + .one)))
    if !constant.isZero && axes.contains(where: { $0.size < 1 << $0.logSize }) {
      found.append(("domain of the constant", changed(terms, constant, .everywhere)))
    }
    return found
  }
}
