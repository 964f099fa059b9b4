import Algebra

/// A layer of the tree of fractions: numerators and denominators of 2^l nodes.
struct FractionLayer: Sendable {
  /// Numerators.
  let numerators: FieldBuffer
  /// Denominators.
  let denominators: FieldBuffer
  /// The number of nodes.
  var count: Int { numerators.count }
  /// Nodes from here on are 0 / 1.
  let end: Int

  /// A layer to be filled, up to `end`, behind which there are zeros.
  init(count: Int, end: Int) {
    self.end = end
    numerators = FieldBuffer(uninitialized: count)
    denominators = FieldBuffer(uninitialized: count)
  }

  /// The layer above: node x is the sum of the fractions x and x + count / 2.
  func reduced() -> FractionLayer {
    let half = count / 2
    let result = FractionLayer(count: half, end: min(half, end))
    let block = min(half, 128)
    Parallel.forChunks(count: half / block, minimumChunk: 16) { blocks in
      FieldBuffer.withScratch(block) { scratch in
        for index in blocks {
          let low = index * block, high = low + half
          let p = numerators.base, q = denominators.base
          let target = result.numerators.base + low
          if high >= end {
            target.update(from: p + low, count: block)
            (result.denominators.base + low).update(from: q + low, count: block)
            continue
          }
          ScalarField.multiply(p + low, q + high, into: scratch, count: block)
          ScalarField.multiply(p + high, q + low, into: target, count: block)
          ScalarField.add(target, scratch, into: target, count: block)
          ScalarField.multiply(q + low, q + high, into: result.denominators.base + low, count: block)
        }
      }
    }
    return result
  }
}

/// The sumcheck of one layer: sum over x of eq(r, x) (p0 q1 + p1 q0 + lambda q0 q1)(x), with the factor eq taken out.
///
/// The four polynomials are the halves of the layer below, which is overwritten: p0 holds p0 + lambda q0, so that a
/// value takes two products. Binding a variable and the next round's sums share one pass.
struct FractionSumcheck {
  /// Keeps the polynomials' memory alive.
  private let children: FractionLayer
  private let polynomials: FractionPolynomials
  private let lambda: ScalarField
  /// eq of the lowest variables, and of the others below the one to be bound.
  private let low: FieldBuffer
  private let lowCount: Int
  private var high: FieldBuffer
  private var variables: Int
  private var challenge: ScalarField?

  /// The sumcheck over the halves of `children` at a point of as many coordinates as there are variables.
  init(_ children: FractionLayer, point: [ScalarField], lambda: ScalarField) {
    self.children = children
    variables = point.count
    let half = children.count / 2
    let p = children.numerators.base, q = children.denominators.base
    polynomials = FractionPolynomials(
      p0: SharedPointer(p), p1: SharedPointer(p + half), q0: SharedPointer(q), q1: SharedPointer(q + half))
    self.lambda = lambda
    let below = point.dropLast()
    lowCount = min(below.count, 6)
    low = FieldBuffer(weights: Array(below.prefix(lowCount)))
    high = FieldBuffer(weights: Array(below.dropFirst(lowCount)))
  }

  /// The sums at 0 and the leading coefficients of the polynomial in the highest unbound variable.
  mutating func round() -> (constant: ScalarField, leading: ScalarField) {
    let pairs = 1 << (variables - 1)
    let block = min(pairs, low.count)
    if challenge != nil, pairs / block < high.count {
      // One variable fewer below: its two halves of eq add up to eq of the rest.
      let half = high.count / 2
      let folded = FieldBuffer(uninitialized: half)
      ScalarField.add(high.base, high.base + half, into: folded.base, count: half)
      high = folded
    }
    let weights = block == low.count ? low : foldedLow(to: block)
    let high = high
    let pass = FractionPass(
      polynomials: polynomials, lambda: challenge == nil ? lambda : nil, challenge: challenge, pairs: pairs,
      block: block)
    let sums = Parallel.reduceChunks(
      count: pairs / block, minimumChunk: 16, into: (ScalarField.zero, ScalarField.zero),
      transform: { blocks in
        FieldBuffer.withScratch(6 * block) { scratch in
          var sums = (ScalarField.zero, ScalarField.zero)
          for index in blocks {
            let (constant, leading) = pass.run(index * block, weights: weights.base, scratch: scratch)
            sums.0 += high[index] * constant
            sums.1 += high[index] * leading
          }
          return sums
        }
      },
      combine: {
        $0.0 += $1.0
        $0.1 += $1.1
      })
    return sums
  }

  private func foldedLow(to count: Int) -> FieldBuffer {
    var table = low
    while table.count > count {
      let half = FieldBuffer(uninitialized: table.count / 2)
      ScalarField.add(table.base, table.base + half.count, into: half.base, count: half.count)
      table = half
    }
    return table
  }

  /// Sets the highest variable.
  mutating func bind(_ challenge: ScalarField) {
    self.challenge = challenge
    variables -= 1
  }

  /// The values of p0, p1, q0, q1 when all variables are bound.
  func values() -> (p: [ScalarField], q: [ScalarField]) {
    func value(_ polynomial: SharedPointer) -> ScalarField {
      let p = polynomial.base
      return challenge.map { p[0] + $0 * (p[1] - p[0]) } ?? p[0]
    }
    let p0 = value(polynomials.p0), q0 = value(polynomials.q0)
    let unscaled = challenge == nil ? p0 : p0 - lambda * q0
    return ([unscaled, value(polynomials.p1)], [q0, value(polynomials.q1)])
  }
}

/// The four polynomials of a layer's sumcheck.
private struct FractionPolynomials: Sendable {
  let p0: SharedPointer, p1: SharedPointer, q0: SharedPointer, q1: SharedPointer
}

/// One pass of a round over blocks of pairs (x, x + pairs).
private struct FractionPass: Sendable {
  let polynomials: FractionPolynomials
  /// Set in the first round: p0 becomes p0 + lambda q0.
  let lambda: ScalarField?
  /// The challenge of the round before, not yet bound: pairs (y, y + 2 pairs) become one entry.
  let challenge: ScalarField?
  let pairs: Int
  let block: Int

  /// Weighted sums over the pairs from `start` of the value at 0 and of the leading coefficient.
  func run(
    _ start: Int, weights: UnsafePointer<ScalarField>, scratch: UnsafeMutablePointer<ScalarField>
  ) -> (ScalarField, ScalarField) {
    prepare(start)
    prepare(start + pairs)
    let (p0, p1) = (polynomials.p0.base + start, polynomials.p1.base + start)
    let (q0, q1) = (polynomials.q0.base + start, polynomials.q1.base + start)
    let constant = weightedSum(p0, q1, p1, q0, weights: weights, scratch: scratch)
    let differences = scratch + 2 * block
    ScalarField.subtract(p0 + pairs, p0, into: differences, count: block)
    ScalarField.subtract(q1 + pairs, q1, into: differences + block, count: block)
    ScalarField.subtract(p1 + pairs, p1, into: differences + 2 * block, count: block)
    ScalarField.subtract(q0 + pairs, q0, into: differences + 3 * block, count: block)
    let leading = weightedSum(
      differences, differences + block, differences + 2 * block, differences + 3 * block, weights: weights,
      scratch: scratch)
    return (constant, leading)
  }

  /// Binds the variable of the round before, or takes lambda into p0.
  private func prepare(_ place: Int) {
    guard let challenge else {
      guard let lambda else { return }
      ScalarField.addScaled(polynomials.q0.base + place, by: lambda, into: polynomials.p0.base + place, count: block)
      return
    }
    bind(polynomials.p0.base + place, challenge)
    bind(polynomials.p1.base + place, challenge)
    bind(polynomials.q0.base + place, challenge)
    bind(polynomials.q1.base + place, challenge)
  }

  private func bind(_ entry: UnsafeMutablePointer<ScalarField>, _ challenge: ScalarField) {
    ScalarField.interpolate(entry, entry + 2 * pairs, at: challenge, into: entry, count: block)
  }

  /// The weighted sum of a b + c d over the block.
  private func weightedSum(
    _ a: UnsafePointer<ScalarField>, _ b: UnsafePointer<ScalarField>, _ c: UnsafePointer<ScalarField>,
    _ d: UnsafePointer<ScalarField>, weights: UnsafePointer<ScalarField>, scratch: UnsafeMutablePointer<ScalarField>
  ) -> ScalarField {
    ScalarField.multiply(a, b, into: scratch, count: block)
    ScalarField.multiply(c, d, into: scratch + block, count: block)
    ScalarField.add(scratch, scratch + block, into: scratch, count: block)
    return ScalarField.dot(weights, scratch, count: block)
  }
}
