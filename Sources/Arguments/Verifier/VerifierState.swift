import Algebra
import ConstraintSystem

/// What the verifier knows so far: the points, the claimed values, and every closed form computed from them, once.
struct VerifierState<A: Arithmetic<ScalarField>> {
  typealias Element = A.Element

  /// What is verified.
  let plan: StepArgumentPlan
  /// The bits of the selected indices.
  let selectors: [String: [[Element]]]
  /// The transcript.
  var transcript: SpongeTranscript<A>
  /// The leaf point, the pool, the point of the product sumcheck and rho, as far as they are known.
  var leaf: [Element] = [], pool: [Element] = [], product: [Element] = [], opening: [Element] = []
  /// The claimed values, in the order of the plan's claims, as far as they are known.
  var values: [Element] = []
  /// Closed forms computed so far.
  var forms = ClosedForms<Element>()

  /// The state before the first message.
  init(_ plan: StepArgumentPlan, selectors: [String: [[Element]]], in arithmetic: inout A) {
    for (name, selector) in plan.statement.selectors {
      let bits = selectors[name] ?? []
      precondition(
        bits.count == selector.rows.size && bits.allSatisfy { $0.count == selector.axis.logSize },
        "The bits of one index per real row for every selector.")
    }
    self.plan = plan
    self.selectors = selectors
    transcript = SpongeTranscript(tag: StepArgumentPlan.transcriptTag, in: &arithmetic)
  }

  /// The value of a coordinate.
  subscript(_ coordinate: Coordinate) -> Element {
    switch coordinate {
    case .leaf(let index): leaf[index]
    case .pool(let index): pool[index]
    case .product(let index): product[index]
    case .opening(let index): opening[index]
    case .all: preconditionFailure("A bit that is summed over has no coordinate.")
    }
  }

  /// Reads the messages of a stage's claims, absorbed as one list.
  mutating func readClaims(_ stage: Range<Int>, in arithmetic: inout A) throws {
    guard !stage.isEmpty else { return }
    let messages = try arithmetic.messages(stage.count)
    try transcript.absorb(messages, in: &arithmetic)
    values += messages
  }

  /// The value of a form.
  mutating func value(of form: LinearForm, in arithmetic: inout A) -> Element {
    var sum = ShortSum<A>(limit: 24)
    for term in form.terms { sum.add(term.factor * values[term.claim], in: &arithmetic) }
    if !form.constant.isZero { sum.add(form.constant * value(of: form.indicator, in: &arithmetic), in: &arithmetic) }
    return sum.total
  }
}

/// A sum that never grows long: after `limit` summands it is materialised.
struct ShortSum<A: Arithmetic<ScalarField>> {
  private(set) var total = A.Element.zero
  private var count = 0
  private let limit: Int

  /// The empty sum, of summands of a few terms each.
  init(limit: Int = 8) { self.limit = limit }

  /// Adds a summand.
  mutating func add(_ summand: A.Element, in arithmetic: inout A) {
    if count == limit {
      total = arithmetic.materialise(total)
      count = 1
    }
    total = total + summand
    count += 1
  }
}

extension Arithmetic where Field == ScalarField {
  /// The product of several elements; the constant one for none.
  mutating func product(_ factors: [Element]) -> Element {
    guard var product = factors.first else { return constant(.one) }
    for factor in factors.dropFirst() { product = multiply(product, factor) }
    return product
  }

  /// c0 + t (c1 + t (c2 + ...)) for coefficients c1, c2, ...: one product each.
  mutating func evaluate(_ constant: Element, _ coefficients: [Element], at point: Element) -> Element {
    var rest = Element.zero
    for (index, coefficient) in coefficients.reversed().enumerated() {
      rest = multiply(point, index == 0 ? coefficient : coefficient + rest)
    }
    return constant + rest
  }

  /// The sum of value i times the i-th power of a challenge: one product each but the first.
  mutating func combine(_ values: [Element], by challenge: Element) -> Element {
    evaluate(values.first ?? .zero, Array(values.dropFirst()), at: challenge)
  }
}
