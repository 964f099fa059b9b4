import Algebra
import ConstraintSystem

extension VerifierState {
  /// The multilinear extension of a domain's indicator.
  mutating func value(of indicator: Indicator, in arithmetic: inout A) -> Element {
    var factors: [Element] = []
    for prefix in indicator.prefixes { factors.append(value(of: prefix, in: &arithmetic)) }
    if let causal = indicator.causal { factors.append(value(of: causal, in: &arithmetic)) }
    return arithmetic.product(factors)
  }

  /// [index < size]: at most one row per coordinate.
  mutating func value(of prefix: Indicator.Prefix, in arithmetic: inout A) -> Element {
    if let known = forms.prefixes[prefix] { return known }
    guard prefix.size < 1 << prefix.point.count else { return arithmetic.constant(.one) }
    let one = arithmetic.constant(.one)
    var below: Element?  // [low bits of the index < low bits of the size]; nil for 0
    for (bit, coordinate) in prefix.point.enumerated() {
      let c = self[coordinate]
      if prefix.size >> bit & 1 == 1 {
        below = one - c + (below.map { arithmetic.multiply(c, $0) } ?? .zero)
      } else if let value = below {
        below = arithmetic.multiply(one - c, value)
      }
    }
    let value = below ?? .zero
    forms.prefixes[prefix] = value
    return value
  }

  /// [key <= query], and [query < size] if bounded.
  mutating func value(of causal: Indicator.Causal, in arithmetic: inout A) -> Element {
    if let known = forms.causals[causal] { return known }
    let bits = zip(causal.query, causal.key).map { query, key in
      CausalBit(
        query: BitWeight<A>(point: self[query], in: arithmetic), key: BitWeight<A>(point: self[key], in: arithmetic))
    }
    let value = Self.causalSum(bits, bound: causal.size.map { .query($0) }, in: &arithmetic)
    forms.causals[causal] = value
    return value
  }

  /// The causal mask of a product, with the weights of its batch axes.
  mutating func value(of causal: ProductPlan.CausalWeight, in arithmetic: inout A) -> Element {
    var bits: [CausalBit<A>] = []
    for index in causal.query.indices {
      let query = bitWeight(causal.query[index], causal.queryPool?[index], in: &arithmetic)
      let key = bitWeight(causal.key[index], causal.keyPool?[index], in: &arithmetic)
      bits.append(CausalBit(query: query, key: key))
    }
    return Self.causalSum(bits, bound: causal.bound, in: &arithmetic)
  }

  private mutating func bitWeight(
    _ coordinate: Coordinate, _ pool: Coordinate?, in arithmetic: inout A
  ) -> BitWeight<A> {
    guard let pool else { return BitWeight(point: self[coordinate], in: arithmetic) }
    // eq(pool, coordinate) = zero + one, with one = pool * coordinate: twice the product minus both plus 1.
    let total = equality(pool, coordinate, in: &arithmetic)
    let half = ScalarField(2 as UInt64).inverse() ?? .zero
    let one = half * (total + self[pool] + self[coordinate] - arithmetic.constant(.one))
    return BitWeight(one: one, zero: total - one, total: total)
  }

  /// The sum over query and key of their weights where key <= query and the bound holds.
  ///
  /// From the lowest bit up; `below` and `tied` say how key compares with query, and the bounded index with size - 1,
  /// in the bits above.
  private static func causalSum(
    _ bits: [CausalBit<A>], bound: ProductPlan.CausalWeight.Bound?, in arithmetic: inout A
  ) -> Element {
    let one = arithmetic.constant(.one)
    var free: Element?  // nothing left to decide; nil for 1
    var tied = one  // key = query so far, bound decided
    var freeBound = one  // key < query decided, bounded index tied with size - 1
    var tiedBound = one  // both tied
    let last = bound.map { $0.size - 1 }
    for (index, bit) in bits.enumerated() {
      let both = arithmetic.multiply(bit.query.one, bit.key.one)  // query bit 1, key bit 1
      let neither: Element  // query bit 0, key bit 0
      let strict: Element  // query bit 1, key bit 0
      strict = bit.key.total == nil ? bit.query.one - both : arithmetic.multiply(bit.query.one, bit.key.zero)
      neither = bit.query.total == nil ? bit.key.zero - strict : arithmetic.multiply(bit.query.zero, bit.key.zero)
      func times(_ value: Element, _ factor: Element?) -> Element {
        factor.map { arithmetic.multiply(value, $0) } ?? value
      }
      if let last, let bound {
        let isOne = last >> index & 1 == 1
        let bounded = bound.isQuery ? bit.query : bit.key
        let other = bound.isQuery ? bit.key.total : bit.query.total
        let stay = isOne ? bounded.one : bounded.zero
        var nextTied = times(isOne ? both : neither, tiedBound)
        var nextFree = arithmetic.multiply(stay, freeBound)
        if isOne {
          nextTied = nextTied + arithmetic.multiply(neither, tied)
          nextTied = nextTied + (bound.isQuery ? arithmetic.multiply(strict, freeBound) : times(strict, free))
          nextFree = nextFree + times(bounded.zero, free)
        } else if !bound.isQuery {
          nextTied = nextTied + arithmetic.multiply(strict, freeBound)
        }
        tiedBound = nextTied
        freeBound = times(nextFree, other)
      }
      tied = arithmetic.multiply(both + neither, tied) + times(strict, free)
      if let total = bit.query.total { free = times(total, free) }
      if let total = bit.key.total { free = times(total, free) }
    }
    return bound == nil ? tied : tiedBound
  }
}

extension ProductPlan.CausalWeight.Bound {
  /// The size.
  var size: Int {
    switch self {
    case .query(let size), .key(let size): size
    }
  }
  /// Whether the query is bounded.
  var isQuery: Bool { if case .query = self { true } else { false } }
}

/// The weights of the two values of one bit; `total` is their sum, nil where it is 1.
private struct BitWeight<A: Arithmetic<ScalarField>> {
  let one: A.Element, zero: A.Element, total: A.Element?

  init(one: A.Element, zero: A.Element, total: A.Element?) {
    self.one = one
    self.zero = zero
    self.total = total
  }

  /// The weights at a coordinate.
  init(point: A.Element, in arithmetic: A) {
    self.init(one: point, zero: arithmetic.constant(.one) - point, total: nil)
  }
}

/// The weights of one bit of query and key.
private struct CausalBit<A: Arithmetic<ScalarField>> {
  let query: BitWeight<A>, key: BitWeight<A>
}
