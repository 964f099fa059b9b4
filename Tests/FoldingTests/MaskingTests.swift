import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem
import Folding
import Support
import Testing

/// What the starting values of an accumulator hide, by exact ranks over the real circuits.
@Suite("Masking of running instances")
struct MaskingTests {
  private func stopped() throws -> StoppedRun { try StoppedRun.shared.get() }

  /// The columns of a matrix's row.
  private func columns(_ matrix: SparseMatrix<ScalarField>, _ row: Int) -> Set<Int> {
    Set(matrix.columns[Int(matrix.rowStarts[row])..<Int(matrix.rowStarts[row + 1])].map { Int($0) })
  }

  @Test("Laws: squares and inverses stand where the argument needs them", arguments: StepKind.allCases)
  func columns(kind: StepKind) throws {
    let key = try stopped().tiny.key
    let shape = key.shapes[kind.rawValue]
    let found = MaskingColumns(shape)
    let firstTrace = shape.publicCount + shape.valueOffsets.count
    let squares = Set(found.squares.map { $0 + firstTrace })
    let inverses = Set(found.inverses.map { $0 + firstTrace })
    #expect(squares.count == found.squares.count && inverses.count == found.inverses.count)
    #expect(squares.count > RandomSizes.squares(folds: 500, key: key))
    #expect(!inverses.isEmpty && squares.isDisjoint(with: inverses))
    var own: Set<Int> = []
    var uses: [Int: Int] = [:]
    let matrices = (a: shape.a, b: shape.b, c: shape.c)
    for row in 0..<shape.rowCount {
      let (a, b, c) = (columns(matrices.a, row), columns(matrices.b, row), columns(matrices.c, row))
      #expect(a.isDisjoint(with: squares) || b.isDisjoint(with: squares), "No product of two squares.")
      if let only = c.intersection(squares).first, c == [only], a.isDisjoint(with: squares), b.isDisjoint(with: squares)
      {
        own.insert(only)
      }
      for side in [a, b, c] { for column in side.intersection(inverses) { uses[column, default: 0] += 1 } }
      for (factor, other) in [(a, b), (b, a)] where !factor.isDisjoint(with: inverses) {
        #expect(factor.count == 1 && c == [0], "An inverse times something is one.")
        #expect(other.allSatisfy { $0 >= firstTrace } && other.isDisjoint(with: squares.union(inverses)))
      }
    }
    #expect(own == squares, "Every square has a row of its own.")
    #expect(uses.count == inverses.count && uses.values.allSatisfy { $0 == 1 })
  }

  @Test("Rank: the last cross term shown is masked by inverses that no other message of the last fold depends on")
  func lastCrossTerm() throws {
    let run = try stopped()
    var generator = SeededGenerator(seed: 71)
    var prover = run.stops[run.stops.count - 1].prover
    try prover.absorb(run.stops[run.stops.count - 1].input, using: &generator)
    let fresh = try #require(prover.pending)
    let (shape, running) = (prover.key.shapes[3], prover.running[3])
    func products(_ trace: [ScalarField]) -> RowProducts<ScalarField> {
      shape.multiply(
        values: prover.witnesses[3].segments[3].elements, trace: trace, publics: [running.scalars.u, running.scalars.x])
    }
    let honest = shape.multiply(
      values: fresh.witness.integers[3], trace: fresh.witness.trace.elements, publics: [.one, fresh.instance.x])
    let before = products(prover.witnesses[3].segments[4].elements)
    for column in MaskingColumns(shape).inverses {
      var trace = prover.witnesses[3].segments[4].elements
      #expect(!trace[column].isZero, "It starts at random.")
      trace[column] += .one
      let after = products(trace)
      var changedRows = 0
      for row in 0..<shape.rowCount {
        #expect(after.c[row] == before.c[row])
        let (a, b) = (after.a[row] - before.a[row], after.b[row] - before.b[row])
        if a.isZero && b.isZero { continue }
        changedRows += 1
        #expect(after.a[row] * after.b[row] == before.a[row] * before.b[row], "The error stays the same.")
        #expect(!(a * honest.b[row] + b * honest.a[row]).isZero, "The cross term does not.")
      }
      #expect(changedRows == 1)
    }
  }

  @Test("Rank: the error value shown is masked by squares, whatever the prover heard in earlier folds")
  func errorValue() throws {
    let run = try stopped()
    let key = run.tiny.key
    let (shape, e) = (key.shapes[1], key.sizes.errorLog)
    var generator = SeededGenerator(seed: 72)
    func point() -> [ScalarField] { (0..<e).map { _ in ScalarField.random(using: &generator) } }
    func moment() -> [ScalarField] {
      (0..<e).reduce(into: []) { powers, _ in powers.append(powers.last?.squared() ?? .random(using: &generator)) }
    }
    // An honest layer folded twice into a random instance; the fresh instance is the same, the challenges are not.
    let stop = run.stops[2].prover
    let fresh = try #require(stop.pending)
    let honest = shape.multiply(
      values: fresh.witness.integers[3], trace: fresh.witness.trace.elements, publics: [.one, fresh.instance.x])
    let start = try RecursionProver(key: key, folds: 2, using: &generator)
    var (u, z) = (start.running[1].scalars.u, start.witnesses[1])
    let squares = Array(MaskingColumns(shape).squares.prefix(RandomSizes.squares(folds: 2, key: key)))
    #expect(squares.allSatisfy { !z.segments[4][$0].isZero })
    let units = squares.map { square -> RowProducts<ScalarField> in
      var trace = [ScalarField](repeating: .zero, count: shape.traceCount)
      trace[square] = .one
      return shape.multiply(values: [ScalarField](), trace: trace, publics: [.zero, .zero])
    }
    /// By square, how the error and the cross term with the fresh instance depend on it.
    func effects() -> [(error: FieldVector<ScalarField>, cross: FieldVector<ScalarField>)] {
      units.map { unit in
        var (error, cross) = ([ScalarField](), [ScalarField]())
        for row in 0..<shape.rowCount {
          let (a, b, c) = (unit.a[row], unit.b[row], unit.c[row])
          error.append(a * z.bz[row] + b * z.az[row] - u * c)
          cross.append(a * honest.b[row] + b * honest.a[row] - c)
        }
        return (FieldVector(error), FieldVector(cross))
      }
    }
    var heard: [[ScalarField]] = []
    var shown: [ScalarField] = []
    var errorPoint = point()
    for fold in 0..<2 {
      let (tau, beta) = (moment(), ScalarField.random(using: &generator))
      let next = zip(errorPoint, tau).map { $0 + beta * ($1 - $0) }
      let effects = effects()
      if fold == 0 {
        heard = transposed(effects.map { $0.error.restrictToLine(from: errorPoint, to: tau) })
        heard.append(effects.map { $0.cross.evaluateMultilinear(at: next) })
      }
      let alpha = ScalarField.random(using: &generator)
      shown = effects.map { $0.error.evaluateMultilinear(at: next) + alpha * $0.cross.evaluateMultilinear(at: next) }
      u += alpha
      z.az.addScaled(FieldVector(honest.a), by: alpha)
      z.bz.addScaled(FieldVector(honest.b), by: alpha)
      errorPoint = next
    }
    #expect(heard.count == e + 2)
    let before = rank(heard)
    #expect(rank(heard + [shown]) == before + 1)
  }

  @Test("Rank: the claim value shown is masked by every random entry of X, Y, w and A that the start has")
  func claimValue() throws {
    let key = try stopped().tiny.key
    let layout = key.sizes.layout
    var generator = SeededGenerator(seed: 75)
    let start = try RecursionProver(key: key, folds: 2, using: &generator)
    for kind in StepKind.allCases {
      let (instance, witness) = (start.running[kind.rawValue].scalars, start.witnesses[kind.rawValue])
      // At another point, as that at which it is shown is drawn after all of the start.
      let shown = instance.claimPoint.map { _ in ScalarField.random(using: &generator) }
      func weight(_ place: Int, _ point: [ScalarField]) -> ScalarField {
        point.enumerated().reduce(.one) { $0 * (place >> $1.offset & 1 == 1 ? $1.element : .one - $1.element) }
      }
      var (value, masks) = (ScalarField.zero, 0)
      for segment in 0..<4 {
        let entries = witness.segments[segment].elements
        for place in entries.indices where !entries[place].isZero {
          value += weight(layout.bases[segment] + place, instance.claimPoint) * entries[place]
          #expect(!weight(layout.bases[segment] + place, shown).isZero)
          masks += 1
        }
      }
      #expect(masks >= 32)
      // What is left is u times the tables.
      let tables = key.verification.tables
      let columns = [tables.ids, tables.inputs, tables.outputs].enumerated().flatMap { column, entries in
        entries.enumerated().map {
          (layout.bases[4] + column * entries.count + $0.offset, ScalarField(Int64($0.element)))
        }
      }
      let contribution = columns.reduce(ScalarField.zero) { sum, entry in
        entry.1.isZero ? sum : sum + weight(entry.0, instance.claimPoint) * entry.1
      }
      #expect(value + instance.u * contribution == instance.claimValue)
    }
  }

  @Test("Laws: no blinder is zero, and none is used twice but for the output that becomes an input")
  func blinders() throws {
    let run = try stopped()
    var generator = SeededGenerator(seed: 73)
    var prover = run.stops[run.stops.count - 1].prover
    try prover.absorb(run.stops[run.stops.count - 1].input, using: &generator)
    let start = run.stops[0].prover
    var used = start.witnesses.flatMap(\.blinders) + [ScalarField]()
    let order = run.tiny.key.sizes.order
    let steps = run.stops.dropFirst().compactMap(\.prover.pending) + [try #require(prover.pending)]
    for step in steps {
      used += order.output.map { step.witness.blinders[$0] } + order.values.map { step.witness.blinders[$0] }
      used += order.trace.map { step.witness.blinders[$0] }
    }
    #expect(used.count == 4 * order.total + steps.count * (order.output.count + order.values.count + order.trace.count))
    #expect(used.allSatisfy { !$0.isZero })
    #expect(Set(used).count == used.count)
    for (step, next) in zip(steps, steps.dropFirst()) where step.kind != .head {
      #expect(order.output.map { step.witness.blinders[$0] } == order.input.map { next.witness.blinders[$0] })
    }
    #expect(start.cycleWitness.traceBlinder != prover.cycleWitness.traceBlinder)
  }

  @Test("Laws: a prover that has ended holds no opening, no blinder and no mask any more")
  func erased() throws {
    var prover = try #require(try stopped().stops.last).prover
    let before = prover
    func isErased(_ prover: RecursionProver) -> Bool {
      let vectors = prover.witnesses.flatMap { $0.segments + [$0.az, $0.bz, $0.cz, $0.error] }
      let cycle = prover.cycleWitness
      return vectors.allSatisfy { $0.elements.allSatisfy(\.isZero) }
        && prover.witnesses.allSatisfy { $0.blinders.allSatisfy(\.isZero) }
        && [cycle.trace, cycle.error, cycle.az, cycle.bz, cycle.cz].allSatisfy { $0.elements.allSatisfy(\.isZero) }
        && cycle.traceBlinder.isZero && cycle.errorBlinder.isZero && prover.pending == nil
    }
    #expect(!isErased(before))
    prover.erase()
    #expect(isErased(prover))
    #expect(prover.witnesses.map { $0.segments.map(\.count) } == before.witnesses.map { $0.segments.map(\.count) })
    #expect(!isErased(before), "A copy is another matter.")
  }

  @Test("Rejects: more folds than there are columns to mask them")
  func tooMany() throws {
    let key = try stopped().tiny.key
    var generator = SeededGenerator(seed: 74)
    let most = (MaskingColumns(key.shapes[0]).squares.count - 1) / (key.sizes.errorLog + 2)
    #expect(throws: FoldingError.tooManyFolds(most: most)) {
      try RecursionProver(key: key, folds: 1 << 20, using: &generator)
    }
  }
}

/// How many squares mask some folds: e + 2 messages are heard of every fold, and one is shown.
private enum RandomSizes {
  static func squares(folds: Int, key: RecursionKey) -> Int { (key.sizes.errorLog + 2) * folds + 1 }
}
