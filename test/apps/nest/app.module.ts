import { Controller, Get, Injectable, Module } from "@nestjs/common";
import { answer } from "./common/chain";

@Injectable()
export class AnswerService {
  answer() {
    return answer("app");
  }
}

@Controller()
export class AnswerController {
  constructor(private readonly service: AnswerService) {}

  @Get("answer")
  getAnswer() {
    return this.service.answer();
  }
}

@Module({ controllers: [AnswerController], providers: [AnswerService] })
export class AppModule {}
