import Algebra

extension ProverState {
  /// The numerators and denominators of all 2^D leaves (step 2).
  func leafFractions(gamma: ScalarField, chi: ScalarField) -> FractionLayer {
    let end = plan.leaves.reduce(0) { $0 + 1 << $1.logSize }
    let layer = FractionLayer(count: 1 << plan.treeDepth, end: end)
    for block in plan.leaves {
      let p = layer.numerators.base + block.offset, q = layer.denominators.base + block.offset
      fill(block, FractionPart(numerators: SharedPointer(p), denominators: SharedPointer(q)), gamma: gamma, chi: chi)
    }
    (layer.numerators.base + end).update(repeating: .zero, count: layer.numerators.count - end)
    (layer.denominators.base + end).update(repeating: .one, count: layer.numerators.count - end)
    return layer
  }

  private func fill(_ block: LeafBlock, _ part: FractionPart, gamma: ScalarField, chi: ScalarField) {
    let statement = plan.statement
    let one = ScalarField.one
    switch block.origin {
    case .tables:
      let columns = statement.tables.columns
      let ids = Expression(columns[0]), inputs = Expression(columns[1]), outputs = Expression(columns[2])
      let axes = columns[0].axes
      let sum = WeightedSum(
        constant: chi, over: axes, parts: [(-one, ids), (-gamma, inputs), (-gamma * gamma, outputs)])
      sum.write(to: part.q, data)
      WeightedSum(constant: .zero, over: axes, parts: [(-one, Expression(statement.multiplicities))])
        .write(to: part.p, data)
    case .lookup(let number):
      let lookup = statement.lookups[number]
      var parts = [(-gamma, lookup.input)]
      if let output = lookup.output { parts.append((-gamma * gamma, output)) }
      let sum = WeightedSum(constant: chi - ScalarField(lookup.table), over: lookup.input.axes, parts: parts)
      sum.write(to: part.q, data)
      writeIndicator(of: lookup.domain, over: lookup.input.axes, to: part.p)
    case .zeroValues(let number):
      fillValues(of: statement.zeros[number], number, part, gamma: gamma, chi: chi)
    case .zeroRows(let number):
      let rows = statement.zeros[number].rows
      var denominator = chi - ScalarField(statement.zeroID(number))
      for row in 0..<1 << block.logSize {
        part.q[row] = denominator
        denominator -= gamma
      }
      writeIndicator(of: .real, over: rows, to: part.p)
    }
  }

  private func fillValues(
    of zero: ZeroInRow, _ number: Int, _ part: FractionPart, gamma: ScalarField, chi: ScalarField
  ) {
    let axes = zero.values.axes
    let space = IndexSpace(axes)
    WeightedSum(constant: chi, over: axes, parts: [(-gamma * gamma, zero.values)]).write(to: part.q, data)
    WeightedSum(constant: .zero, over: axes, parts: [(-.one, Expression(zero.multiplicities))])
      .write(to: part.p, data)
    let width = space.count >> IndexSpace(zero.rows).logSize
    let inside = ScalarField(plan.statement.zeroID(number)), outside = ScalarField(plan.statement.deadID)
    let membership = Membership(zero.domain, in: space)
    Parallel.forChunks(count: space.count / width, minimumChunk: max(1, 2048 / width)) { rows in
      for row in rows {
        let base = ScalarField(row) * gamma
        let subtrahends = (base + outside, base + inside)
        for index in row * width..<(row + 1) * width {
          part.q[index] -= membership.contains(index) ? subtrahends.1 : subtrahends.0
        }
      }
    }
  }

  private func writeIndicator(of domain: Domain, over axes: [Axis], to out: UnsafeMutablePointer<ScalarField>) {
    let space = IndexSpace(axes)
    let membership = Membership(domain, in: space)
    let target = SharedPointer(out)
    Parallel.forChunks(count: space.count, minimumChunk: 1 << 14) { range in
      for index in range { target.base[index] = membership.contains(index) ? .one : .zero }
    }
  }
}

/// Where the leaves of a block go.
private struct FractionPart: Sendable {
  let numerators: SharedPointer, denominators: SharedPointer
  var p: UnsafeMutablePointer<ScalarField> { numerators.base }
  var q: UnsafeMutablePointer<ScalarField> { denominators.base }
}

/// A domain's membership test, with names resolved once.
struct Membership: Sendable {
  private let bounds: [(shift: Int, mask: Int, size: Int)]
  private let causal: (query: IndexSpace.Field, key: IndexSpace.Field)?

  /// The test of a domain over a space.
  init(_ domain: Domain, in space: IndexSpace) {
    let padded = domain == .everywhere ? [] : space.fields.filter(\.axis.isPadded)
    bounds = padded.map { ($0.shift, (1 << $0.axis.logSize) - 1, $0.axis.size) }
    if case .causal(let query, let key) = domain, let query = space.field(named: query),
      let key = space.field(named: key)
    {
      causal = (query, key)
    } else {
      causal = nil
    }
  }

  /// Whether a flat index lies in the domain.
  func contains(_ index: Int) -> Bool {
    for bound in bounds where index >> bound.shift & bound.mask >= bound.size { return false }
    guard let causal else { return true }
    return causal.key.index(in: index) <= causal.query.index(in: index)
  }
}

/// constant + sum of factor * expression, over given axes.
struct WeightedSum: Sendable {
  /// The constant.
  let constant: ScalarField
  /// The indices.
  let space: IndexSpace
  /// The tensors with their factors and how indices project to theirs.
  private let terms: [(tensor: Tensor, factor: ScalarField, projection: Projection)]
  private let constants: [(value: ScalarField, membership: Membership)]

  /// A sum of expressions over subsets of `axes`.
  init(constant: ScalarField, over axes: [Axis], parts: [(ScalarField, Expression)]) {
    let space = IndexSpace(axes)
    self.constant = constant
    self.space = space
    terms = parts.flatMap { factor, expression in
      expression.terms.map { ($0.tensor, factor * $0.factor, space.projection(to: $0.tensor.axes)) }
    }
    constants = parts.filter { !$0.1.constant.isZero }.map {
      // Axes the expression lacks do not bound its constant.
      ($0.0 * $0.1.constant, Membership($0.1.constantDomain, in: space.restricted(to: $0.1.axes)))
    }
  }

  /// Writes the values at all padded indices.
  func write(to out: UnsafeMutablePointer<ScalarField>, _ data: StepData) {
    let target = SharedPointer(out)
    let readers = terms.map { TensorReader(Block($0.tensor), in: data) }
    let factors = terms.map { $0.factor * .radix }
    let blockLog = min(space.logSize, 9)
    Parallel.forChunks(count: space.count >> blockLog, minimumChunk: 4) { blocks in
      FieldBuffer.withScratch(1 << blockLog) { scratch in
        for block in blocks {
          let start = block << blockLog, count = 1 << blockLog
          let out = target.base + start
          out.update(repeating: constant, count: count)
          for (index, term) in terms.enumerated() {
            readers[index].gather(start..<start + count, by: term.projection, into: scratch)
            ScalarField.addScaled(scratch, by: factors[index], into: out, count: count)
          }
          for (value, membership) in constants {
            for index in 0..<count where membership.contains(start + index) { out[index] += value }
          }
        }
      }
    }
  }
}

extension IndexSpace {
  /// The same flat indices, of which only the bits of some axes are looked at.
  func restricted(to axes: [Axis]) -> IndexSpace {
    IndexSpace(fields: fields.filter { axes.contains($0.axis) }, logSize: logSize)
  }

  private init(fields: [Field], logSize: Int) {
    self.fields = fields
    self.logSize = logSize
  }
}

extension TensorReader {
  /// Writes, divided by the radix, the entries to which a range of indices projects; the range starts at a multiple of
  /// its power-of-two length.
  func gather(_ range: Range<Int>, by projection: Projection, into out: UnsafeMutablePointer<ScalarField>) {
    // Runs of low bits that stay in place are read at once, runs of bits that go are one entry.
    let reads = min(projection.identityRun, range.count)
    let repeats = min(projection.constantRun, range.count)
    for start in stride(from: 0, to: range.count, by: max(reads, repeats)) {
      let place = projection(range.lowerBound + start)
      overRadix(place..<place + reads, into: out + start)
      if repeats > 1 { (out + start).update(repeating: out[start], count: repeats) }
    }
  }
}

extension Projection {
  /// The length of aligned runs of indices that go to runs of indices: 1 if the lowest bit moves or goes.
  var identityRun: Int {
    guard let lowest = moves.last, lowest.from == 0, lowest.to == 0 else { return 1 }
    return lowest.mask + 1
  }

  /// The length of aligned runs of indices that go to one index.
  var constantRun: Int { moves.map { 1 << $0.from }.min() ?? 1 << 62 }
}
