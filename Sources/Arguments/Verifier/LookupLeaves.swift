import Algebra
import ConstraintSystem

extension VerifierState {
  /// Recomputes the leaf layer's numerator and denominator at the leaf point from the claims, and requires the ones the
  /// tree of fractions has been reduced to (steps 1, 2 and 4 of the protocol).
  ///
  /// Denominators are chi - (id + gamma input + gamma^2 output), and 1 past the last block; so the four sums over
  /// blocks of weight * (1, id, input, output) are enough.
  mutating func requireLeaves(
    numerator: Element, denominator: Element, challenges: (gamma: Element, chi: Element), in arithmetic: inout A
  ) throws {
    var sums = LeafSums<A>()
    let point = (0..<plan.treeDepth).map(Coordinate.leaf)
    for block in plan.leaves {
      let weight = blockWeight(point, level: block.logSize, prefix: block.offset >> block.logSize, in: &arithmetic)
      add(block.source, weight: weight ?? arithmetic.constant(.one), to: &sums, in: &arithmetic)
    }
    let total = plan.leaves.reduce(0) { $0 + 1 << $1.logSize }
    let used = value(of: Indicator.Prefix(size: total, point: point), in: &arithmetic)
    try arithmetic.requireEqual(numerator, sums.numerators.total, "lookup leaf numerators")
    let one = arithmetic.constant(.one)
    let outputs = arithmetic.multiply(challenges.gamma, sums.outputs.total)
    let inputs = arithmetic.multiply(challenges.gamma, sums.inputs.total + outputs)
    try arithmetic.requireProduct(
      challenges.chi - one, used, equals: denominator - one + sums.ids.total + inputs, "lookup leaf denominators")
  }

  private mutating func add(
    _ source: LeafBlock.Source, weight: Element, to sums: inout LeafSums<A>, in arithmetic: inout A
  ) {
    func weighted(_ value: Element) -> Element { arithmetic.multiply(weight, value) }
    switch source {
    case .tables(let ids, let inputs, let outputs, let multiplicities):
      sums.numerators.add(-weighted(values[multiplicities]), in: &arithmetic)
      sums.ids.add(weighted(values[ids]), in: &arithmetic)
      sums.inputs.add(weighted(values[inputs]), in: &arithmetic)
      sums.outputs.add(weighted(values[outputs]), in: &arithmetic)
    case .lookups(let table, let input, let output, let domain):
      sums.numerators.add(restrict(weight, to: domain, in: &arithmetic), in: &arithmetic)
      sums.ids.add(ScalarField(table) * weight, in: &arithmetic)
      let input = value(of: input, in: &arithmetic)
      sums.inputs.add(weighted(input), in: &arithmetic)
      guard let output else { return }
      let outputValue = value(of: output, in: &arithmetic)
      sums.outputs.add(weighted(outputValue), in: &arithmetic)
    case .zeroValues(let zero):
      sums.numerators.add(-weighted(values[zero.multiplicities]), in: &arithmetic)
      let alive = restrict(weight, to: zero.domain, in: &arithmetic)
      sums.ids.add(ScalarField(zero.dead) * weight + ScalarField(zero.id - zero.dead) * alive, in: &arithmetic)
      sums.inputs.add(weighted(index(at: zero.row)), in: &arithmetic)
      let value = value(of: zero.values, in: &arithmetic)
      sums.outputs.add(weighted(value), in: &arithmetic)
    case .zeroRows(let id, let domain, let row):
      sums.numerators.add(restrict(weight, to: domain, in: &arithmetic), in: &arithmetic)
      sums.ids.add(ScalarField(id) * weight, in: &arithmetic)
      sums.inputs.add(weighted(index(at: row)), in: &arithmetic)
    }
  }

  private mutating func restrict(_ weight: Element, to domain: Indicator, in arithmetic: inout A) -> Element {
    guard !domain.isOne else { return weight }
    let indicator = value(of: domain, in: &arithmetic)
    return arithmetic.multiply(weight, indicator)
  }

  /// The extension of the index itself: sum of 2^i times coordinate i.
  private func index(at point: [Coordinate]) -> Element {
    var power = ScalarField.one
    return point.reduce(Element.zero) { sum, coordinate in
      defer { power = power.doubled() }
      return sum + power * self[coordinate]
    }
  }
}

/// Sums over blocks of their weight times numerators, ids, inputs and outputs.
private struct LeafSums<A: Arithmetic<ScalarField>> {
  var numerators = ShortSum<A>(), ids = ShortSum<A>(), inputs = ShortSum<A>(), outputs = ShortSum<A>()
}
