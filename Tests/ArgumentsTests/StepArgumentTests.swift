import Algebra
import Arguments
import ConstraintSystem
import Support
import Testing

@Suite("Step argument") struct StepArgumentTests {
  static let sizes = [
    FixtureSizes(), FixtureSizes(tokens: 4, channels: 8, outputs: 4, heads: 2, pairs: 2, vocabulary: 8),
    FixtureSizes(tokens: 1, channels: 1, outputs: 1, heads: 1, pairs: 1, vocabulary: 1),
    FixtureSizes(tokens: 5, channels: 6, outputs: 7, heads: 2, pairs: 5, vocabulary: 11),
    FixtureSizes(tokens: 19, channels: 40, outputs: 33, heads: 3, pairs: 9, vocabulary: 70),
  ]

  @Test("RoundTrip: native verifier accepts, and Q~(rho) = v", arguments: sizes.indices)
  func roundTrip(size: Int) throws {
    let run = try ArgumentRun(Fixture(Self.sizes[size], seed: UInt64(size)))
    let (point, value) = try run.verify(run.proof.messages)
    #expect(point == run.proof.point && value == run.proof.value)
    #expect(run.fixture.evaluateQ(at: point) == value)
  }

  @Test("RoundTrip: the same messages satisfy the circuit")
  func circuit() throws {
    let run = try ArgumentRun(Fixture(seed: 3))
    let (shape, witness) = try run.circuit(messages: run.proof.messages)
    #expect(shape.traceCount == witness.trace.count)
    #expect(shape.firstViolation(values: [0], trace: witness.trace, publics: witness.publics) == nil)
  }

  @Test("Rejects: any message changed")
  func changedMessage() throws {
    let run = try ArgumentRun(Fixture(seed: 4))
    for index in run.proof.messages.indices {
      var messages = run.proof.messages
      messages[index] += .one
      #expect(run.isRefused(messages), "message \(index)")
    }
    #expect(throws: ConstraintError.missingMessage) { try run.verify(Array(run.proof.messages.dropLast())) }
    #expect(throws: ConstraintError.unreadMessages(1)) { try run.verify(run.proof.messages + [.zero]) }
  }

  @Test("Rejects: a root whose denominator is zero, by name and without a division")
  func zeroDenominator() throws {
    let run = try ArgumentRun(Fixture(seed: 4))
    var messages = run.proof.messages
    messages[0] = .zero
    #expect(throws: ConstraintError.violated("lookup root denominator is not zero")) { try run.verify(messages) }
    // No inverse that a cheating prover writes into the circuit helps: 0 times it is not 1.
    let (shape, witness) = try run.circuit(messages: run.proof.messages)
    var trace = witness.trace
    let place = try #require(trace.firstIndex(of: run.proof.messages[0]))
    trace[place] = .zero
    #expect(shape.firstViolation(values: [0], trace: trace, publics: witness.publics) != nil)
  }

  @Test("Rejects: every message changes the challenges after it")
  func everyMessageIsAbsorbed() throws {
    // Changing any message but the last, the value at rho, changes rho.
    let run = try ArgumentRun(Fixture(seed: 4))
    #expect(try run.point(messages: run.proof.messages) == run.proof.point)
    for index in run.proof.messages.indices.dropLast() {
      var messages = run.proof.messages
      messages[index] += .one
      #expect(try run.point(messages: messages) != run.proof.point, "message \(index)")
    }
  }

  @Test("Rejects: a trace variable changed")
  func changedTrace() throws {
    let run = try ArgumentRun(Fixture(seed: 9))
    let (shape, witness) = try run.circuit(messages: run.proof.messages)
    for index in stride(from: 11, to: shape.traceCount, by: 607) {
      var trace = witness.trace
      trace[index] += .one
      let violation = shape.firstViolation(values: [0], trace: trace, publics: witness.publics)
      #expect(violation != nil, "variable \(index)")
    }
  }

  @Test("Rejects: a statement that is not true of the data")
  func falseData() throws {
    let fixture = Fixture(seed: 5)
    var failures: Set<String> = []
    for tensor in fixture.tensors {
      // Every seventh entry, beginning anywhere: all kinds of index and of padding are met.
      for index in stride(from: tensor.offset % 5, to: tensor.count, by: 7) {
        var wrong = fixture
        wrong.change(tensor, at: index, by: 1)
        let isTrue = (try? wrong.checker.check()) != nil
        let run = try ArgumentRun(wrong, binding: scalar(index))
        do {
          let (point, value) = try run.verify(run.proof.messages)
          // The honest prover's final value is always the one its own data gives.
          #expect(wrong.evaluateQ(at: point) == value)
          #expect(isTrue, "\(tensor.name) \(index)")
        } catch {
          #expect(!isTrue, "\(tensor.name) \(index): \(error)")
          if case ConstraintError.violated(let label) = error { failures.insert(label) }
        }
      }
    }
    #expect(failures.isSuperset(of: ["linear relation", "products at the point of the sumcheck"]))
    #expect(failures.contains("fractions of one layer"))
  }

  @Test("Laws: segments with the zeros behind their chunks lie apart and aligned", arguments: [0, 2, 5])
  func segmentsLieApart(chunkLog: Int) {
    // The weights store 9 of the 16 entries of their largest tensor; the others follow behind all 16.
    for (entries, logs) in [([3, 5, 9, 8, 6], [1, 2, 4, 3, 1]), ([8, 8, 33, 40, 3], [3, 3, 5, 3, 0])]
      as [([Int], [Int])]
    {
      let layout = BlockLayout(chunkLog: chunkLog, entries: entries, largestLogs: logs)
      let ranges = layout.bases.indices.map { layout.bases[$0]..<layout.bases[$0] + layout.extents[$0] }
      for (segment, range) in ranges.enumerated() {
        let alignment = 1 << max(chunkLog, logs[segment])
        #expect(range.lowerBound % alignment == 0 && range.count % alignment == 0)
        #expect(layout.chunkCounts[segment] << chunkLog >= entries[segment])
        #expect(range.count >= layout.chunkCounts[segment] << chunkLog && range.upperBound <= 1 << layout.logSize)
        for other in ranges[..<segment] { #expect(!range.overlaps(other)) }
      }
    }
  }

  @Test("Rejects: claims on anything but X, Y, w, A and the tables: the trace B has no place in Q")
  func claimsOutsideQ() throws {
    #expect(Segment.allCases == [.input, .output, .weights, .values, .tables])
    let fixture = Fixture(seed: 5)
    for segment in Segment.allCases {
      // The first block behind a segment, where another segment, or nothing, stands.
      let count = fixture.layout.extents[segment.rawValue]
      let axis = Axis("entry", 1 << fixture.layout.chunkLog)
      for offset in [count, count + axis.size] {
        var statement = fixture.statement
        let tensor = Tensor("beyond", [axis], in: segment, at: offset)
        statement.relations.append(LinearRelation("beyond", over: [axis], [.init(tensor, times: .one)]))
        #expect(
          throws: ArgumentError.malformedStatement("the tensor at \(offset) of \(segment) lies outside the layout")
        ) { try StepArgumentPlan(statement, layout: fixture.layout) }
      }
    }
  }

  @Test("Rejects: a plan with a pool of more than 100 coordinates")
  func largePool() throws {
    let fixture = Fixture(seed: 5)
    var statement = fixture.statement
    statement.relations = []
    statement.products = []
    let tensor = statement.multiplicities
    func add(_ index: Int) {
      let axis = Axis("entry \(index)", 256)
      statement.relations.append(
        LinearRelation("zero", over: [axis], [.init(tensor.renamed([tensor.axes[0].name: axis.name]), times: .one)]))
    }
    for index in 0..<12 { add(index) }
    _ = try StepArgumentPlan(statement, layout: fixture.layout)
    add(12)
    #expect(
      throws: ArgumentError.malformedStatement("relations and results have 104 coordinates, more than 100")
    ) { try StepArgumentPlan(statement, layout: fixture.layout) }
  }

  @Test("Rejects: claims about other data than the committed")
  func otherData() throws {
    // A prover who commits to one thing and proves another ends with a claim that is false of what it committed.
    let fixture = Fixture(seed: 6), other = Fixture(seed: 7)
    let run = try ArgumentRun(other)
    let (point, value) = try run.verify(run.proof.messages, selectors: other.selectors)
    #expect(other.evaluateQ(at: point) == value)
    #expect(fixture.evaluateQ(at: point) != value)
  }

  @Test("Rejects: another selected index, another binding")
  func otherInputs() throws {
    let run = try ArgumentRun(Fixture(seed: 8))
    var selectors = run.fixture.selectors
    selectors["chosen"]?[1] ^= 1
    #expect(throws: ConstraintError.self) { try run.verify(run.proof.messages, selectors: selectors) }
    #expect(throws: ConstraintError.self) { try run.verify(run.proof.messages, binding: scalar(99)) }
  }
}

/// A proof of a fixture's step.
struct ArgumentRun {
  let fixture: Fixture
  let plan: StepArgumentPlan
  let binding: ScalarField
  let proof: StepArgumentProof

  init(_ fixture: Fixture, binding: ScalarField = scalar(42)) throws {
    self.fixture = fixture
    self.binding = binding
    plan = try StepArgumentPlan(fixture.statement, layout: fixture.layout)
    proof = try StepArgumentProver(plan).prove(fixture.data, binding: binding, selectors: fixture.selectors)
  }

  func verify(
    _ messages: [ScalarField], binding: ScalarField? = nil, selectors: [String: [Int]]? = nil
  ) throws -> (point: [ScalarField], value: ScalarField) {
    var native = NativeArithmetic<ScalarField>(messages: messages)
    let result = try StepArgumentVerifier(plan).verify(
      in: &native, binding: binding ?? self.binding, selectors: bits(selectors ?? fixture.selectors) { $0 })
    try native.finish()
    return result
  }

  /// Whether the verifier throws, or returns a claim that is false of the data.
  func isRefused(_ messages: [ScalarField]) -> Bool {
    guard let (point, value) = try? verify(messages) else { return true }
    return fixture.evaluateQ(at: point) != value
  }

  /// The bits of selected indices, each passed through `make`, selectors in the order of their names.
  func bits<Element>(
    _ selectors: [String: [Int]], _ make: (ScalarField) throws -> Element
  ) rethrows -> [String: [[Element]]] {
    var result: [String: [[Element]]] = [:]
    for (name, selector) in fixture.statement.selectors.sorted(by: { $0.key < $1.key }) {
      result[name] = try (selectors[name] ?? []).map { index in
        try (0..<selector.axis.logSize).map { try make(scalar(index >> $0 & 1)) }
      }
    }
    return result
  }

  /// rho as a lenient circuit computes it from these messages.
  func point(messages: [ScalarField]) throws -> [ScalarField] {
    var witness = WitnessBuilder<ScalarField>(
      layout: StepColumns(digitBits: 16, limbs: 0..<1), values: [0], messages: messages, isStrict: false)
    return try StepArgumentVerifier(plan).verify(
      in: &witness, binding: binding, selectors: bits(fixture.selectors) { $0 }
    ).point
  }

  /// The verifier's shape and its witness for these messages.
  func circuit(
    messages: [ScalarField]
  ) throws -> (shape: ConstraintShape<ScalarField>, witness: WitnessBuilder<ScalarField>) {
    let layout = StepColumns(digitBits: 16, limbs: 0..<1)
    var builder = ShapeBuilder<ScalarField>(layout: layout)
    var witness = WitnessBuilder<ScalarField>(layout: layout, values: [0], messages: messages)
    let shapeBits = try bits(fixture.selectors) { bit in try builder.advice(from: []) { _ in bit } }
    let witnessBits = try bits(fixture.selectors) { bit in try witness.advice(from: []) { _ in bit } }
    let verifier = StepArgumentVerifier(plan)
    _ = try verifier.verify(in: &builder, binding: builder.constant(binding), selectors: shapeBits)
    _ = try verifier.verify(in: &witness, binding: witness.constant(binding), selectors: witnessBits)
    try witness.finish()
    return (builder.finish(), witness)
  }
}

extension Fixture {
  /// Q~ at a point, entry by entry.
  func evaluateQ(at point: [ScalarField]) -> ScalarField {
    var q = [ScalarField](repeating: .zero, count: 1 << layout.logSize)
    for segment in Segment.allCases {
      let entries = data.entries(in: segment)
      for (index, entry) in entries.widened(0..<entries.count).enumerated() {
        q[layout.bases[segment.rawValue] + index] = ScalarField(entry)
      }
    }
    for coordinate in point {
      q = (0..<q.count / 2).map { q[2 * $0] + coordinate * (q[2 * $0 + 1] - q[2 * $0]) }
    }
    return q[0]
  }
}
