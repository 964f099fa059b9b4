import Algebra
import ConstraintSystem

extension VerifierState {
  /// A special weight at rho.
  mutating func value(of special: SpecialWeight, in arithmetic: inout A) -> Element {
    switch special {
    case .rotation(let rotation): value(of: rotation, in: &arithmetic)
    case .selection(let selection): value(of: selection, in: &arithmetic)
    }
  }

  /// The sum over (position t, pair p) of eq(r, t) eq(rho, t) eq(r, p) eq(rho, p) (alpha cos(t, p) + beta sin(t, p)),
  /// where alpha and beta weigh the halves; one row per position and a few per pair, besides the equalities.
  mutating func value(of rotation: RotationWeight, in arithmetic: inout A) -> Element {
    if let known = forms.rotations[rotation] { return known }
    let table = plan.rotaryTables[rotation.table]
    let alpha = equality(rotation.half, .opening(rotation.halfShift), in: &arithmetic)
    let beta = self[rotation.half] - self[.opening(rotation.halfShift)]  // r (1 - rho) - (1 - r) rho
    let pairs = jointEqualities(rotation.pairs, rotation.pairShift, count: table.pairs.size, in: &arithmetic)
    let positions = jointEqualities(
      rotation.positions, rotation.positionShift, count: table.positions.size, in: &arithmetic)
    let cosines = pairs.map { arithmetic.multiply($0, alpha) }
    let sines = pairs.map { arithmetic.multiply($0, beta) }
    var sum = ShortSum<A>()
    for (position, weight) in positions.enumerated() {
      let first = position * pairs.count
      let terms = pairs.indices.flatMap { pair in
        [
          ScalarField(Int64(table.cosines[first + pair])) * cosines[pair],
          ScalarField(Int64(table.sines[first + pair])) * sines[pair],
        ]
      }
      sum.add(arithmetic.multiply(weight, Self.balancedSum(terms[...])), in: &arithmetic)
    }
    forms.rotations[rotation] = sum.total
    return sum.total
  }

  /// eq(point, i) eq(rho, i) for the first `count` indices i of an axis at a bit of the block.
  private mutating func jointEqualities(
    _ point: [Coordinate], _ shift: Int, count: Int, in arithmetic: inout A
  ) -> [Element] {
    let own = equalities(point, count: count, in: &arithmetic)
    let opened = equalities(openings(shift, point.count), count: count, in: &arithmetic)
    return zip(own, opened).map { arithmetic.multiply($0, $1) }
  }

  /// Coordinates of rho from a bit of the block.
  private func openings(_ shift: Int, _ count: Int) -> [Coordinate] { (shift..<shift + count).map(Coordinate.opening) }

  /// Terms merged in a balanced tree, which is fastest for long linear combinations.
  private static func balancedSum(_ terms: ArraySlice<Element>) -> Element {
    guard terms.count > 2 else { return terms.reduce(.zero, +) }
    let middle = terms.startIndex + terms.count / 2
    return balancedSum(terms[..<middle]) + balancedSum(terms[middle...])
  }

  /// The sum over real rows t of eq(r, t) [eq(rho, t) if the block has the rows axis] eq(selected index, rho).
  mutating func value(of selection: SelectionWeight, in arithmetic: inout A) -> Element {
    let bits = selectors[selection.selector] ?? []
    let axis = openings(selection.axisShift, bits.first?.count ?? 0)
    let chosen = oneHots(selection.selector, at: axis, in: &arithmetic)
    var rows = equalities(selection.rows, count: bits.count, in: &arithmetic)
    if let shift = selection.rowShift {
      let own = equalities(openings(shift, selection.rows.count), count: bits.count, in: &arithmetic)
      rows = zip(rows, own).map { arithmetic.multiply($0, $1) }
    }
    var sum = ShortSum<A>()
    for (row, chosen) in zip(rows, chosen) { sum.add(arithmetic.multiply(row, chosen), in: &arithmetic) }
    return sum.total
  }

  /// For every real row, eq(selected index, point): two rows per bit.
  private mutating func oneHots(_ selector: String, at point: [Coordinate], in arithmetic: inout A) -> [Element] {
    let key = ClosedForms<Element>.Selection(selector: selector, point: point)
    if let known = forms.oneHots[key] { return known }
    let one = arithmetic.constant(.one)
    let values = (selectors[selector] ?? []).map { bits in
      // A bit b weighs 1 - c + b (2 c - 1), the coordinate being c.
      arithmetic.product(
        zip(bits, point).map { bit, coordinate in
          let c = self[coordinate]
          return one - c + arithmetic.multiply(bit, c + c - one)
        })
    }
    forms.oneHots[key] = values
    return values
  }

  /// The sum over real rows t of eq(rows point, t) [axis point < selected index of t].
  mutating func comparison(
    _ term: SelectorTerm, rows: [Coordinate], axis: [Coordinate], in arithmetic: inout A
  ) -> Element {
    let below = comparisons(term.selector, at: axis, in: &arithmetic)
    let weights = equalities(rows, count: below.count, in: &arithmetic)
    var sum = ShortSum<A>()
    for (weight, below) in zip(weights, below) { sum.add(arithmetic.multiply(weight, below), in: &arithmetic) }
    return sum.total
  }

  /// For every real row, the extension of [index < selected index] at a point: two rows per bit.
  private mutating func comparisons(_ selector: String, at point: [Coordinate], in arithmetic: inout A) -> [Element] {
    let key = ClosedForms<Element>.Selection(selector: selector, point: point)
    if let known = forms.comparisons[key] { return known }
    let one = arithmetic.constant(.one)
    let values = (selectors[selector] ?? []).map { bits in
      var below: Element?
      for (bit, coordinate) in zip(bits, point) {
        let c = self[coordinate]
        guard let low = below else {
          below = arithmetic.multiply(bit, one - c)
          continue
        }
        // bit 0: (1 - c) low; bit 1: 1 - c + c low.
        let inner = arithmetic.multiply(c, low)
        below = arithmetic.materialise(low - inner + arithmetic.multiply(bit, one - c + inner + inner - low))
      }
      return below ?? .zero
    }
    forms.comparisons[key] = values
    return values
  }
}
