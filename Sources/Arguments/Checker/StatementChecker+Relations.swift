import Algebra

extension StatementChecker {
  /// Throws `relationFails` at the first index where the relation does not hold.
  func check(_ relation: LinearRelation) throws(ArgumentError) {
    let space = IndexSpace(relation.axes)
    var sums = (0..<space.count).map { index in
      space.contains(index, relation.constantDomain) ? relation.constant : F.zero
    }
    for term in relation.terms {
      let entries = Array(data.entries(of: term.tensor))
      for index in 0..<space.count {
        sums[index] += term.factor * value(term.functional, of: term.tensor, entries, at: index, in: space)
      }
    }
    if let index = sums.firstIndex(where: { !$0.isZero }) {
      throw .relationFails(name: relation.name, indices: space.indices(index))
    }
  }

  private func value(
    _ functional: Functional, of tensor: Tensor, _ entries: [Int64], at index: Int, in space: IndexSpace
  ) -> F {
    var place: [String: Int] = [:]
    for field in space.fields { place[field.axis.name] = field.index(in: index) }
    let target = IndexSpace(tensor.axes)
    func entry(_ place: [String: Int]) -> F {
      F(entries[target.fields.reduce(0) { $0 | (place[$1.axis.name] ?? 0) << $1.shift }])
    }
    func entry(_ place: [String: Int], _ name: String, _ index: Int) -> F {
      entry(place.merging([name: index]) { $1 })
    }
    switch functional {
    case .value: return entry(place)
    case .sum(let name):
      let count = target.field(named: name).map { 1 << $0.axis.logSize } ?? 0
      return (0..<count).reduce(.zero) { $0 + entry(place, name, $1) }
    case .rotation(let table):
      guard let position = place[table.positions.name], let half = place[table.half.name],
        let pair = place[table.pairs.name], position < table.positions.size, pair < table.pairs.size
      else { return .zero }
      let cosine = F(Int64(table.cosines[position * table.pairs.size + pair]))
      let sine = F(Int64(table.sines[position * table.pairs.size + pair]))
      let own = entry(place, table.half.name, half)
      let other = entry(place, table.half.name, 1 - half)
      return half == 0 ? cosine * own - sine * other : cosine * own + sine * other
    case .selected(let name, let rows, let axis):
      guard let row = place[rows.name], let selected = selectors[name], row < selected.count else { return .zero }
      return entry(place, axis.name, selected[row])
    }
  }
}
