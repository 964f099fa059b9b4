import Foundation
import Model
import Support
import Testing

@Suite("Integer inference")
struct InferenceTests {
  private func run(_ model: QuantizedModel, _ tokens: [Int]) throws -> [LayerTrace] {
    var state = try model.embed(tokens).output
    return try model.layers.indices.map { index in
      let trace = try model.layer(index, input: state)
      state = trace.output.values
      return trace
    }
  }

  @Test("Laws: generation with remembered keys and values equals the full pass")
  func generationIsTheFullPass() throws {
    let model = try ModelFixture.quantized(positions: 32)
    let prompt = [0, 42, 79, 261]
    let generation = try model.generate(prompt: prompt, maxNewTokens: 28)
    #expect(generation.tokens.count == 28)
    let text = prompt + generation.tokens
    let trace = try ModelFixture.fullPass(model, Array(text.dropLast()))
    #expect(trace.winner[(prompt.count - 1)..<31].map { Int($0) } == generation.tokens)
    #expect(model.dequantizedLogits(trace, at: 30) == generation.finalLogits)
    for count in [1, 2, 17] {
      #expect(try model.generate(prompt: prompt, maxNewTokens: count).tokens == Array(generation.tokens.prefix(count)))
    }
  }

  @Test("Laws: what follows a text does not change it")
  func causality() throws {
    let model = try ModelFixture.quantized(positions: 16)
    let one = try ModelFixture.fullPass(model, [5, 6, 7])
    let two = try ModelFixture.fullPass(model, [5, 6, 7, 300, 301])
    #expect(Array(one.winner[..<3]) == Array(two.winner[..<3]))
    #expect((0..<3).allSatisfy { one.logits(at: $0) == two.logits(at: $0) })
    #expect(one.logits(at: 3) != two.logits(at: 3))
  }

  @Test("Laws: generation stops after a stop token and not before")
  func stopTokens() throws {
    let model = try ModelFixture.quantized(positions: 32)
    let free = try model.generate(prompt: [58, 42], maxNewTokens: 20).tokens
    let stop = free[6]
    let stopped = try model.generate(prompt: [58, 42], maxNewTokens: 20, stopTokens: [stop]).tokens
    #expect(stopped == Array(free.prefix(through: try #require(free.firstIndex(of: stop)))))
  }

  @Test("Laws: norms, softmax and head satisfy their defining bounds")
  func traceBounds() throws {
    let model = try ModelFixture.quantized(positions: 16)
    let parameters = model.parameters
    let target = Int128(model.configuration.hiddenSize) << (2 * parameters.inverseRootExponent)
    for trace in try run(model, [58, 66, 9, 9, 511]) {
      for norm in [trace.attentionNorm, trace.feedForwardNorm] {
        for (row, sum) in norm.squareSum.enumerated() {
          let inverse = Int128(norm.inverseRoot[row])
          #expect(inverse * inverse * sum + norm.slackLow[row] == target)
          #expect((inverse + 1) * (inverse + 1) * sum - 1 - norm.slackHigh[row] == target)
          #expect(norm.slackLow[row] >= 0 && norm.slackHigh[row] >= 0 && inverse < 1 << 48)
        }
      }
      let softmax = trace.attention.softmax
      let keys = parameters.positions
      for (row, total) in softmax.total.enumerated() {
        let entries = row * keys..<(row + 1) * keys
        let visible = row % keys + 1
        #expect(softmax.exponential[entries].reduce(0, +) == total)
        #expect(softmax.exponential[entries].dropFirst(visible).allSatisfy { $0 == 0 })
        #expect(softmax.exponential[entries].prefix(visible).contains(1 << 22))
        #expect(softmax.slackLow[row] >= 0 && softmax.slackHigh[row] >= 0)
        #expect(softmax.reciprocal[row] * total + softmax.slackLow[row] == 1 << 46)
      }
    }
    let head = try ModelFixture.fullPass(model, [58, 66, 9, 9, 511])
    #expect(head.gaps.allSatisfy { (0..<1 << 48).contains($0) })
    for position in head.winner.indices {
      let logits = head.logits(at: position)
      #expect(logits.firstIndex(of: logits.max() ?? 0) == Int(head.winner[position]))
    }
  }

  @Test("Laws: products of extreme 16-bit operands are exact")
  func extremeProducts() throws {
    let columns = 700
    let weights = WeightMatrix(
      rows: 3, columns: columns,
      values: Array(repeating: Int16.min, count: columns) + Array(repeating: Int16.max, count: columns)
        + (0..<columns).map { $0 % 2 == 0 ? Int16.max : -32767 })
    let left = Array(repeating: Int16.min, count: columns) + Array(repeating: Int16.max, count: columns)
    let product = MatrixProduct.product(left, weights)
    let (low, high, count) = (Int64(Int16.min), Int64(Int16.max), Int64(columns))
    #expect(product == [low * low * count, low * high * count, 0, low * high * count, high * high * count, 0])
  }

  @Test("Oracle: matrix products of random operands")
  func randomProducts() throws {
    var generator = SeededGenerator(seed: 7)
    for (rows, positions, columns) in [(1, 1, 1), (5, 3, 255), (2, 4, 257), (64, 33, 600)] {
      let left = (0..<positions * columns).map { _ in Int16.random(in: .min ... .max, using: &generator) }
      let values = (0..<rows * columns).map { _ in Int16.random(in: .min ... .max, using: &generator) }
      var expected: [Int64] = []
      for position in 0..<positions {
        for row in 0..<rows {
          var sum: Int64 = 0
          for column in 0..<columns {
            sum += Int64(left[position * columns + column]) * Int64(values[row * columns + column])
          }
          expected.append(sum)
        }
      }
      let weights = WeightMatrix(rows: rows, columns: columns, values: values)
      #expect(MatrixProduct.product(left, weights) == expected)
      let bytes = values.withUnsafeBytes { Data($0) }
      let mapped = WeightMatrix(rows: rows, columns: columns, littleEndianBytes: bytes)
      #expect(mapped.values == values)
      let odd = (Data([0]) + bytes).dropFirst()
      #expect(WeightMatrix(rows: rows, columns: columns, littleEndianBytes: odd).values == values)
    }
  }
}
