import Algebra
import Arguments
import Circuits
import Model
import Support
import Testing

/// Every integer of a step is pinned: no single change of a real entry leaves the statement true.
@Suite struct MutationTests {
  @Test(arguments: StepKind.allCases, [12, 9])
  func singleChanges(kind: StepKind, digitBits: Int) throws {
    let inference = try Inference.random(
      ModelSamples.configuration(), positions: 4, digitBits: digitBits, seed: UInt64(digitBits))
    var generator = SeededGenerator(seed: 8)
    let honest = inference.values(kind)
    try inference.check(kind, honest)
    for tensor in inference[kind].tensors where !free(tensor, kind) {
      for change in [1, -1, 1 << 20, -1 << 20] as [Int64] where fits(change, tensor) {
        var place = tensor.randomRealPlace(using: &generator)
        while !matters(place, of: tensor, in: inference) { place = tensor.randomRealPlace(using: &generator) }
        var values = honest
        values.add(change, to: tensor, at: place)
        #expect(throws: (any Error).self, "\(tensor.name)[\(place)] + \(change)") { try inference.check(kind, values) }
      }
    }
  }

  /// What only R1CS pins: the recursion's digits, and the tokens a head compares.
  private func free(_ tensor: Tensor, _ kind: StepKind) -> Bool {
    tensor.name == "limbs" || tensor.name == "multiplicities" || tensor.name == "tokens" && kind == .head
  }

  /// Free and harmless are the rows of the embedding that no token chose, and at key > query the factors of the
  /// exponential, which is 0 there whatever they are.
  private func matters(_ place: Int, of tensor: Tensor, in inference: Inference) -> Bool {
    switch tensor.name {
    case "embedding":
      return inference.tokens.contains(place >> tensor.axes[1].logSize)
    case "exponential low", "exponential high":
      let (query, key) = (place >> tensor.axes[3].logSize, place)
      return key & (1 << tensor.axes[3].logSize - 1) <= query & (1 << tensor.axes[2].logSize - 1)
    default: return true
    }
  }

  private func fits(_ change: Int64, _ tensor: Tensor) -> Bool {
    tensor.segment != .weights || change.magnitude == 1
  }

  @Test(arguments: StepKind.allCases) func multiplicities(kind: StepKind) throws {
    let inference = try Inference.random(ModelSamples.configuration(), positions: 4, digitBits: 9, seed: 9)
    var values = inference.values(kind)
    try inference[kind].countLookups(in: &values)
    try inference.checkCounted(kind, values)
    var generator = SeededGenerator(seed: 10)
    for change in [Int64(1), -1, 3, -100] {
      var changed = values
      let tensor = inference[kind].statement.multiplicities
      changed.add(change, to: tensor, at: tensor.randomRealPlace(using: &generator))
      #expect(throws: ArgumentError.self) { try inference.checkCounted(kind, changed) }
    }
  }

  /// Widths without a table of their own are checked by a second lookup of a multiple.
  @Test func rangesWithoutTables() throws {
    let inference = try Inference(ModelSamples.tinyLLaMA(positions: 16), text: [0, 1, 2])
    let layer = inference[.layer]
    let multiples = layer.statement.lookups.filter { $0.input.terms[0].factor != .one }
    #expect(!multiples.isEmpty)
    for lookup in multiples {
      let term = lookup.input.terms[0]
      let bits = try #require((1..<16).first { term.factor == ScalarField(UInt64(1) << UInt64(16 - $0)) })
      let shift = lookup.input.constant == .zero ? 0 : Int64(1) << Int64(bits - 1)
      for number in [Int64(1) << Int64(bits), -1] {
        var values = inference.values(.layer)
        values.values[term.tensor.offset] = number - shift
        let error = #expect(throws: CircuitError.self) { try inference.check(.layer, values) }
        guard case .outsideTable(term.tensor.name, _, 16) = error else {
          Issue.record("\(term.tensor.name): \(String(describing: error))")
          continue
        }
      }
    }
  }

  @Test func limbsAreDigits() throws {
    let inference = try Inference.random(ModelSamples.configuration(), positions: 2, digitBits: 9, seed: 11)
    for kind in StepKind.allCases {
      let limbs = inference[kind].limbs
      for limb in [Int64(-1), 1 << 9, .max] {
        var values = inference.values(kind)
        values.values[limbs.offset + 2] = limb
        #expect(throws: CircuitError.outsideTable(lookup: "limbs", input: limb, table: 9)) {
          try inference.check(kind, values)
        }
      }
    }
  }
}

extension Tensor {
  /// A random index whose axes are all below their real sizes.
  func randomRealPlace(using generator: inout SeededGenerator) -> Int {
    axes.reduce(0) { $0 << $1.logSize | Int.random(in: 0..<$1.size, using: &generator) }
  }
}

extension StepValues {
  /// Adds to an entry of a tensor.
  mutating func add(_ change: Int64, to tensor: Tensor, at place: Int) {
    switch tensor.segment {
    case .input: input[tensor.offset + place] &+= Int32(change)
    case .output: output[tensor.offset + place] &+= Int32(change)
    case .weights: weights[tensor.offset + place] &+= Int16(change)
    case .values: values[tensor.offset + place] &+= change
    case .tables: break
    }
  }
}
